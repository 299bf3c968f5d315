package example.dns;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import parley.protocol.Answer;

/** A delay of the answers to questions for some names. Immutable. */
final class Delay {

  private final Set<Name> names;
  private final Duration later;

  /**
   * Creates a delay.
   *
   * @param names the names, which may end with a dot
   */
  Delay(List<String> names, Duration later) {
    this.names = names.stream().map(ZoneFile::name).collect(Collectors.toUnmodifiableSet());
    this.later = later;
  }

  /**
   * Returns the answer to a query, now or later.
   *
   * @param answer the answer, or null for none
   */
  Answer<Message> of(Message query, Message answer) {
    if (answer == null) {
      return Answer.none();
    }
    Record question = query.getQuestion();
    if (question == null || !names.contains(question.getName())) {
      return Answer.of(answer);
    }
    return Answer.later(
        new CompletableFuture<Message>()
            .completeOnTimeout(answer, later.toMillis(), TimeUnit.MILLISECONDS));
  }
}
