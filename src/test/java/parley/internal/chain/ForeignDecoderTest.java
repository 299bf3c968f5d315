package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Echo;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Input that one of MINA's own decoders refuses is the peer's fault, not a defect. */
class ForeignDecoderTest {

  private static final class Refusing extends Echo {

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR " + cause.getMessage());
    }
  }

  @Test
  void theHandlerIsAskedForARefusal() throws Exception {
    TextLineCodecFactory codec = new TextLineCodecFactory(StandardCharsets.UTF_8);
    codec.setDecoderMaxLineLength(10);
    try (Server server =
            Servers.of(Protocol.of("mina", Codec.of(codec, String.class), new Refusing()));
        Logs logs = Logs.capture()) {
      try (Peer peer = Servers.peer(server)) {
        String all = peer.send("before\n" + "secret".repeat(10) + "\n").rest();
        assertThat(all.lines()).containsExactly("before", "ERR not taken by TextLineDecoder");
      }
      logs.await("INFO", line -> true);
      assertThat(logs.atLeast("INFO")).noneMatch(line -> line.contains("secret"));
      assertThat(logs.atLeast("WARN")).isEmpty();
    }
  }
}
