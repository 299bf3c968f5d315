package bench.parley;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.Ports;
import bench.shared.RespCommands;
import bench.shared.RespError;
import java.util.List;
import java.util.Optional;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.server.Server;

/** The Redis protocol on Parley. */
public final class RespServer extends AnswerHandler<List<byte[]>, Optional<?>> {

  private final RespCommands commands = new RespCommands();

  public static void main(String[] args) throws Exception {
    Codec<List<byte[]>, Optional<?>> codec =
        new FrameCodecFactory<>(RespDecoder::new, (answer, out) -> put(out, answer.orElse(null)));
    Codec<Optional<?>, List<byte[]>> none = Codec.of(codec); // server only
    Protocol<List<byte[]>, Optional<?>> resp =
        Protocol.of("resp", codec, none, new RespServer(), Correlation.inOrder());
    Ports.listening(Server.serve("tcp://127.0.0.1:" + Ports.of(args), resp).endpoint().port());
  }

  @Override
  protected Answer<Optional<?>> answer(IoSession session, List<byte[]> command) {
    Optional<?> answer = Optional.ofNullable(commands.execute(command));
    return RespCommands.isQuit(command) ? Answer.last(answer) : Answer.of(answer);
  }

  @Override
  protected Answer<Optional<?>> refusal(IoSession session, FrameException cause) {
    return Answer.of(Optional.of(new RespError("ERR Protocol error: " + cause.getMessage())));
  }

  private static void put(IoBuffer out, Object answer) {
    if (answer instanceof byte[] bulk) {
      put(out, "$" + bulk.length);
      out.put(bulk).put((byte) '\r').put((byte) '\n');
    } else if (answer instanceof List<?> array) {
      put(out, "*" + array.size());
      array.forEach(each -> put(out, each));
    } else if (answer instanceof RespError error) {
      put(out, "-" + error.message());
    } else {
      put(out, answer == null ? "$-1" : answer instanceof Long ? ":" + answer : "+" + answer);
    }
  }

  private static void put(IoBuffer out, String line) {
    out.put((line + "\r\n").getBytes(ISO_8859_1));
  }
}
