package parley.internal.loop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.NullMarked;
import parley.server.Listener;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** A clock for a server's deadlines, which stands still until a test moves it. */
@NullMarked
public final class TestClock {

  private final Server server;
  private final AtomicLong nanos = new AtomicLong(System.nanoTime());

  private TestClock(Server server) {
    this.server = server;
  }

  /**
   * Replaces the clock of a server. It is exact to the millisecond for sessions that come later.
   */
  public static TestClock of(Server server) {
    TestClock clock = new TestClock(server);
    Servers.loops(server).setClock(clock.nanos::get);
    awaitRounds(clock.loops()); // a round that is under way has the earlier time
    clock.nanos.set(System.nanoTime());
    return clock;
  }

  /** Lets time pass, which no loop notices yet. */
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Lets time pass; returns after the check of the deadlines of present sessions that are due. */
  public void advance(Duration time) {
    Set<EventLoop> loops = loops();
    awaitRounds(loops); // earlier events are handled first
    pass(time);
    awaitRounds(loops);
  }

  private Set<EventLoop> loops() {
    Set<EventLoop> loops = new LinkedHashSet<>();
    for (Listener listener : server.listeners()) {
      for (IoSession session : listener.acceptor().getManagedSessions().values()) {
        loops.add(EventLoop.of(session));
      }
    }
    return loops;
  }

  private static void awaitRounds(Set<EventLoop> loops) {
    for (EventLoop loop : loops) {
      for (int i = 0; i < 4; i++) { // a round with the earlier time may be under way
        awaitRound(loop);
      }
    }
  }

  /** Like {@link #advance(Duration)}. */
  public void advance(long millis) {
    advance(Duration.ofMillis(millis));
  }

  /** Calls {@link #advance(long)} again and again, until a condition is true. */
  public void advanceUntil(String description, long millis, Callable<Boolean> condition) {
    Await.until(
        description,
        () -> {
          advance(millis);
          return condition.call();
        });
  }

  /** Returns all bytes that a peer gets until its end of stream, while time passes. */
  public String restOf(Peer peer) {
    CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(peer::bytes);
    advanceUntil("end of stream", 10, rest::isDone);
    return new String(rest.join(), StandardCharsets.UTF_8);
  }

  private static void awaitRound(EventLoop loop) {
    CompletableFuture<Void> round = new CompletableFuture<>();
    loop.execute(() -> round.complete(null));
    // The thread ends with its last session.
    Await.until("a round", () -> round.isDone() || loop.thread() == null);
  }
}
