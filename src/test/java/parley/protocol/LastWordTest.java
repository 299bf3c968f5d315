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

/** A refusal before there is a session is what it is in one. */
class LastWordTest {

  private static String said(Object refusal) {
    AnswerHandler<String> handler =
        new AnswerHandler<>() {
          @Override
          protected Object answer(IoSession session, String line) {
            return line;
          }

          @Override
          protected Object refusal(IoSession session, FrameException cause) {
            return refusal;
          }
        };
    return new String(
        LastWord.of(handler, new LineCodecFactory(), new LimitException("too many")), UTF_8);
  }

  @Test
  void severalMessagesAreEncodedEach() {
    assertThat(said("ERR full")).isEqualTo("ERR full\n");
    assertThat(said(AnswerHandler.several(List.of("ERR full", "bye"))))
        .isEqualTo("ERR full\nbye\n");
  }

  /** In a session they are refused, too. */
  @Test
  void whatIsNoMessageIsNotSent() {
    assertThat(said(AnswerHandler.last("ERR full"))).isEmpty();
    assertThat(said(CompletableFuture.completedFuture("ERR full"))).isEmpty();
  }
}
