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
class LastWordTest {

  private static String said(Answer<String> refusal) {
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            return refusal;
          }
        };
    return new String(
        LastWord.of(handler, new LineCodecFactory(), new LimitException("too many")), UTF_8);
  }

  @Test
  void eachOfSeveralMessagesIsEncoded() {
    assertThat(said(Answer.of("ERR full"))).isEqualTo("ERR full\n");
    assertThat(said(Answer.several(List.of("ERR full", "bye")))).isEqualTo("ERR full\nbye\n");
  }

  @Test
  void anAnswerThatComesLaterIsNotSent() {
    assertThat(said(Answer.last("ERR full"))).isEqualTo("ERR full\n");
    assertThat(said(Answer.none())).isEmpty();
    assertThat(said(Answer.later(CompletableFuture.completedFuture("ERR full")))).isEmpty();
  }
}
