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

/** Holds back the answers to questions for some names. Immutable. */
final class Delay {

  private final Set<Name> names;
  private final Duration later;

  /**
   * A delay.
   *
   * @param names the names, each with a dot at its end or without
   */
  Delay(List<String> names, Duration later) {
    this.names = names.stream().map(ZoneFile::name).collect(Collectors.toUnmodifiableSet());
    this.later = later;
  }

  /** The answer to a query, or a future of it; null if there is none. */
  Object of(Message query, Message answer) {
    Record question = query.getQuestion();
    if (answer == null || question == null || !names.contains(question.getName())) {
      return answer;
    }
    return new CompletableFuture<Message>()
        .completeOnTimeout(answer, later.toMillis(), TimeUnit.MILLISECONDS);
  }
}
