package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Listeners of write futures that throw, one for each of many writes. */
class ListenersTest {

  private static final int WRITES = 1000;

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void theLogIsBounded(boolean throwsAnError, boolean resets) throws Exception {
    CountDownLatch called = new CountDownLatch(WRITES);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            for (int i = 0; i < WRITES; i++) {
              session
                  .write(resets ? "x".repeat(20_000) : "x")
                  .addListener(
                      future -> {
                        called.countDown();
                        if (throwsAnError) {
                          throw new AssertionError("listener");
                        }
                        throw new IllegalStateException("listener");
                      });
            }
          }
        };
    try (Server server = Servers.lines(handler);
        Logs logs = Logs.capture()) {
      try (Peer peer = Servers.peer(server)) {
        peer.send("a\n").line();
        if (resets) {
          peer.reset();
        }
        called.await();
      }
      assertThat(logs.atLeast("WARN")).hasSizeLessThan(30);
    }
  }
}
