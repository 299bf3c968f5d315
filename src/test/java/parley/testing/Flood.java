package parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import parley.endpoint.Endpoint;

/** A client that keeps asking until the server ends the connection. */
public final class Flood {

  /** The size of its socket's buffers: room for hundreds of requests. */
  private static final int BUFFER_BYTES = 32 * 1024;

  private Flood() {}

  /**
   * Asks n0, n1, ... and checks that each answer is whole and in its place.
   *
   * @param banner the first line, or empty if there is none
   * @param warm counted down after a hundred answers
   * @return how many answers came before the end of stream
   */
  public static int untilTheEnd(
      Endpoint endpoint, String banner, IntFunction<String> answer, CountDownLatch warm)
      throws Exception {
    try (Peer peer = Peer.connect(endpoint, BUFFER_BYTES)) {
      if (!banner.isEmpty()) {
        assertThat(peer.line()).isEqualTo(banner);
      }
      Thread asking = new Thread(() -> ask(peer));
      asking.start();
      int answers = 0;
      for (String line = peer.line(); !line.isEmpty(); line = peer.line()) {
        assertThat(line).isEqualTo(answer.apply(answers));
        answers++;
        if (answers == 100) {
          warm.countDown();
        }
      }
      peer.close();
      asking.join();
      return answers;
    }
  }

  private static void ask(Peer peer) {
    try {
      for (int i = 0; ; i++) {
        peer.send("n" + i + "\n");
      }
    } catch (IOException ended) {
      // by the server
    }
  }
}
