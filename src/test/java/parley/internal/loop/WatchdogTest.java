package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A blocked loop is logged once, with its stack. */
class WatchdogTest {

  @Test
  void aBlockedHandlerIsLoggedOnceAndThenItsReturn() throws Exception {
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
      Await.until("a warning", () -> !logs.ofTheWatchdog().isEmpty());
      assertThat(logs.ofTheWatchdog())
          .singleElement()
          .asString()
          .contains("event loop blocked, all its sessions wait: blocked=", "WatchdogTest.wait")
          .doesNotContain("\n");
      goesOn.countDown();
      assertThat(peer.line()).isEqualTo("went on");
      Await.until("the next line", () -> logs.ofTheWatchdog().size() > 1);
      assertThat(logs.ofTheWatchdog().get(1)).contains("event loop continues");
    }
  }

  private static Object wait(CountDownLatch latch) {
    Servers.await(latch);
    return "went on";
  }

  @Test
  void aLoopThatWaitsForSocketsIsNotBusyAndEachRoundStartsAgain() throws Exception {
    List<Long> since = new CopyOnWriteArrayList<>();
    AtomicReference<EventLoop> loop = new AtomicReference<>();
    try (Server server =
            Servers.lines(
                AnswerHandler.of(
                    (session, line) -> {
                      EventLoop its = Objects.requireNonNull(EventLoop.of(session));
                      loop.set(its);
                      since.add(its.busySince());
                      return line;
                    }));
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
      }
      assertThat(since).hasSize(3).doesNotContain(0L).doesNotHaveDuplicates();
      Await.until("idle", () -> loop.get().busySince() == 0);
    }
  }
}
