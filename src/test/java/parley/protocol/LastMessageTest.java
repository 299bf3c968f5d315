package parley.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.codec.FrameException;
import parley.codec.LimitException;
import parley.codec.LineCodecFactory;
import parley.testing.Echo;

/** A refusal before there is a session has the same messages as in a session. */
class LastMessageTest {

  private static String sent(Answer<String> refusal) {
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            return refusal;
          }
        };
    return new String(
        LastMessage.of(handler, new LineCodecFactory(), new LimitException("too many")), UTF_8);
  }

  @Test
  void eachOfSeveralMessagesIsEncoded() {
    assertThat(sent(Answer.of("ERR full"))).isEqualTo("ERR full\n");
    assertThat(sent(Answer.several(List.of("ERR full", "bye")))).isEqualTo("ERR full\nbye\n");
  }

  @Test
  void anAnswerThatComesLaterIsNotSent() {
    assertThat(sent(Answer.last("ERR full"))).isEqualTo("ERR full\n");
    assertThat(sent(Answer.none())).isEmpty();
    assertThat(sent(Answer.later(CompletableFuture.completedFuture("ERR full")))).isEmpty();
  }
}
