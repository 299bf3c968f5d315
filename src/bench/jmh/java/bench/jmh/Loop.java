package bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import parley.codec.LineCodecFactory;
import parley.protocol.Protocol;
import parley.server.Server;

/**
 * The event loop and the full chain, with all protections on, over one loopback connection: the
 * time per request at a given number in flight. The client runs in the same JVM, blocks, allocates
 * nothing and checks each answer. So the allocations per request that {@code -prof gc} reports are
 * the server's.
 */
public class Loop extends FrameBenchmark {

  private static final String NAME = "a name of 15 by";

  /** The requests in flight. */
  @Param({"1", "16", "128"})
  public int depth;

  private Server server;
  private Socket socket;
  private OutputStream out;
  private DataInputStream in;
  private byte[] requests;
  private byte[] answers;
  private byte[] expected;

  /** The kind of handler that answers. */
  public enum Form {
    /** An AnswerHandler. */
    ANSWER_HANDLER {
      @Override
      Protocol<String, String> protocol() {
        return Protocol.answering(
            "greet", new LineCodecFactory(), (IoSession session, String name) -> greet(name));
      }
    },

    /** Any IoHandler that calls {@code session.write}. */
    IO_HANDLER {
      @Override
      Protocol<String, String> protocol() {
        return Protocol.withHandler(
            "greet",
            new LineCodecFactory(),
            new IoHandlerAdapter() {
              @Override
              public void messageReceived(IoSession session, Object name) {
                session.write(greet((String) name));
              }
            });
      }
    };

    abstract Protocol<String, String> protocol();
  }

  @Param public Form form;

  private static String greet(String name) {
    return "Hello, " + name + "!";
  }

  @Setup
  public void connect() throws Exception {
    server = Server.serve("tcp://127.0.0.1:0", form.protocol());
    socket = new Socket("127.0.0.1", server.endpoint().port());
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    requests = (NAME + "\n").repeat(depth).getBytes(UTF_8);
    expected = (greet(NAME) + "\n").repeat(depth).getBytes(UTF_8);
    answers = new byte[expected.length];
  }

  @Benchmark
  public void request() throws IOException {
    for (int i = 0; i < Frames.PER_INVOCATION; i += depth) {
      out.write(requests);
      in.readFully(answers);
      if (!Arrays.equals(answers, expected)) {
        throw new IllegalStateException(new String(answers, UTF_8));
      }
    }
  }

  @TearDown
  public void close() throws IOException {
    socket.close();
    server.close();
  }
}
