package bench.parley;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.mina.core.session.IoSession;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;

/** The greeting on Parley with a handler that computes for some microseconds on its event loop. */
public final class ComputingServer extends AnswerHandler<String, String> {

  private static final int DIGESTS = 100;

  private int odd; // keeps the JIT compiler from removing the digests

  private ComputingServer() {}

  public static void main(String[] args) {
    LineCodecFactory lines = new LineCodecFactory(StandardCharsets.UTF_8, 8192);
    Protocol<String, String> greeting = Protocol.of("greeting", lines, new ComputingServer());
    GreetingServer.serve(args, GreetingServer.listener(args, greeting));
  }

  @Override
  public void sessionOpened(IoSession session) {
    session.write("Hello, World!");
  }

  @Override
  protected Answer<String> answer(IoSession session, String name) throws NoSuchAlgorithmException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < DIGESTS; i++) {
      bytes = digest.digest(bytes);
    }
    odd += bytes[0] & 1;
    return Answer.of("Hello, " + name + "!");
  }
}
