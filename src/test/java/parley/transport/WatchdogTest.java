package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import parley.Logs;
import parley.Peer;
import parley.Servers;
import parley.protocol.AnswerHandler;
import parley.server.Server;

/** A loop that is held up is in the log, with its stack, once. */
class WatchdogTest {

  @Test
  void aHandlerThatBlocksIsNamedOnceAndThenThatItGoesOn() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    try (Server server =
            Servers.of(
                Servers.lineProtocol(
                    AnswerHandler.of(
                        (session, line) -> line.equals("block") ? wait(goesOn) : line)),
                config -> config.eventLoops(1).watchdog(Duration.ofMillis(100)));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      peer.send("block\n");
      while (logs.ofTheWatchdog().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(logs.ofTheWatchdog())
          .singleElement()
          .asString()
          .contains("an event loop is held up for", "WatchdogTest.wait")
          .doesNotContain("\n");
      goesOn.countDown();
      assertThat(peer.line()).isEqualTo("went on");
      while (logs.ofTheWatchdog().size() < 2) {
        Thread.onSpinWait();
      }
      assertThat(logs.ofTheWatchdog().get(1)).contains("goes on");
    }
  }

  private static Object wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return "went on";
  }

  @Test
  void aLoopThatWaitsForSocketsOrWorksInTurnsIsNotHeldUp() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(AnswerHandler.of((session, line) -> line)),
                config -> config.eventLoops(1).watchdog(Duration.ofMillis(200)));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < Duration.ofMillis(600).toNanos()) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
      assertThat(logs.ofTheWatchdog()).isEmpty();
    }
  }
}
