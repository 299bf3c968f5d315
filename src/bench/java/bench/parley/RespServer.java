package bench.parley;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.Ports;
import bench.shared.RespCommands;
import bench.shared.RespReply;
import java.util.List;
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
public final class RespServer extends AnswerHandler<List<byte[]>, RespReply> {

  private final RespCommands commands = new RespCommands();

  public static void main(String[] args) throws Exception {
    Codec<List<byte[]>, RespReply> codec =
        new FrameCodecFactory<>(RespDecoder::new, RespServer::put);
    Codec<RespReply, List<byte[]>> none =
        new FrameCodecFactory<>(RespServer::serverOnly, (command, out) -> serverOnly());
    Protocol<List<byte[]>, RespReply> resp =
        Protocol.of("resp", codec, none, new RespServer(), Correlation.inOrder());
    Ports.listening(Server.serve("tcp://127.0.0.1:" + Ports.of(args), resp).endpoint().port());
  }

  private static <T> T serverOnly() {
    throw new UnsupportedOperationException("this program has no client");
  }

  @Override
  protected Answer<RespReply> answer(IoSession session, List<byte[]> command) {
    RespReply reply = commands.execute(command);
    return RespCommands.isQuit(command) ? Answer.last(reply) : Answer.of(reply);
  }

  @Override
  protected Answer<RespReply> refusal(IoSession session, FrameException cause) {
    return Answer.of(new RespReply.SimpleError("ERR Protocol error: " + cause.getMessage()));
  }

  private static void put(RespReply reply, IoBuffer out) {
    if (reply instanceof RespReply.BulkString bulk) {
      line("$" + bulk.bytes().length, out);
      out.put(bulk.bytes()).put((byte) '\r').put((byte) '\n');
    } else if (reply instanceof RespReply.Array array) {
      line("*" + array.elements().size(), out);
      array.elements().forEach(each -> put(each, out));
    } else if (reply instanceof RespReply.SimpleString string) {
      line("+" + string.text(), out);
    } else if (reply instanceof RespReply.SimpleError error) {
      line("-" + error.message(), out);
    } else {
      line(reply instanceof RespReply.Int64 number ? ":" + number.value() : "$-1", out);
    }
  }

  private static void line(String line, IoBuffer out) {
    out.put((line + "\r\n").getBytes(ISO_8859_1));
  }
}
