package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.endpoint.Association;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A sweep checks each deadline that may be due, in time and once, and no other. */
class ExpirySweeperTest {

  /** Counts its checks, and returns the same value each time. */
  private static final class Counting extends Deadline {
    private final int next;
    private final List<Integer> checks = new ArrayList<>();

    Counting(int next) {
      super(new DummySession());
      this.next = next;
    }

    @Override
    protected int check(int now) {
      checks.add(now);
      return next;
    }
  }

  private static int all(List<Counting> deadlines) {
    return deadlines.stream().mapToInt(each -> each.checks.size()).sum();
  }

  @Test
  void onlyTheDueDeadlineOfTenThousandIsTouched() {
    ExpirySweeper sweeper = new ExpirySweeper();
    List<Counting> idle = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Counting each = new Counting(600_000);
      idle.add(each);
      sweeper.file(each, 600_000 + i);
    }
    Counting due = new Counting(Deadline.NEVER);
    sweeper.file(due, 20);
    assertThat(sweeper.timeout(0, 1000)).isEqualTo(20);
    assertThat(sweeper.run(19)).isFalse();
    assertThat(due.checks).isEmpty();
    assertThat(sweeper.run(20)).isFalse();
    assertThat(due.checks).containsExactly(20);
    assertThat(all(idle)).isZero();
    assertThat(sweeper.timeout(20, Integer.MAX_VALUE)).isEqualTo(600_000 - 20); // not before
  }

  @Test
  void aRoundChecksAShareOfTheDueDeadlinesAndTheNextRoundsTheRest() {
    ExpirySweeper sweeper = new ExpirySweeper();
    List<Counting> due = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      due.add(new Counting(1));
      sweeper.file(due.get(i), 5);
    }
    assertThat(sweeper.run(10)).isTrue();
    assertThat(all(due)).isEqualTo(1024);
    assertThat(sweeper.run(10)).isTrue();
    assertThat(sweeper.run(10)).isFalse();
    assertThat(due).allMatch(each -> each.checks.size() == 1);
  }

  @Test
  void theDeadlinesOfASessionAreForgottenWhenItsChannelCloses() {
    ExpirySweeper sweeper = new ExpirySweeper();
    Counting one = new Counting(10);
    Deadline other =
        new Deadline(one.session) {
          @Override
          protected int check(int now) {
            return NEVER;
          }
        };
    Counting anothers = new Counting(10);
    sweeper.file(one, 1);
    sweeper.file(anothers, 2);
    sweeper.file(other, 3);
    sweeper.forget(one.session);
    assertThat(sweeper.size()).isEqualTo(1);
    assertThat(sweeper.run(5)).isFalse();
    assertThat(one.checks).isEmpty();
    assertThat(anothers.checks).containsExactly(5);
  }

  /** The operations on a deadline, which come in any order. */
  private enum Step {
    FILE,
    REMOVE,
    RUN
  }

  /** A list that is searched from end to end is the model. */
  @Property(tries = 300)
  void itBehavesLikeAPlainList(
      @ForAll @Size(max = 200) List<Step> steps,
      @ForAll @Size(200) List<@IntRange(max = 15) Integer> whose,
      @ForAll @Size(200) List<@IntRange(max = 60) Integer> times,
      @ForAll int start) {
    ExpirySweeper sweeper = new ExpirySweeper();
    List<Counting> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(new Counting(i % 2 == 0 ? Deadline.NEVER : 10 + i));
    }
    Map<Counting, Integer> model = new HashMap<>(); // milliseconds after the start
    int now = 0;
    for (int i = 0; i < steps.size(); i++) {
      Counting its = all.get(whose.get(i));
      int time = now + times.get(i);
      switch (steps.get(i)) {
        case FILE -> {
          sweeper.file(its, start + time); // which may wrap around
          model.merge(its, time, Math::min);
        }
        case REMOVE -> {
          sweeper.remove(its);
          model.remove(its);
        }
        case RUN -> {
          now = time;
          sweeper.run(start + now);
          for (Counting each : all) {
            boolean isDue = model.getOrDefault(each, Integer.MAX_VALUE) <= now;
            assertThat(each.checks).hasSize(isDue ? 1 : 0);
            each.checks.clear();
            if (isDue) {
              model.remove(each);
            }
            if (isDue && each.next != Deadline.NEVER) {
              model.put(each, now + each.next);
            }
          }
        }
      }
      long earliest = model.values().stream().mapToLong(each -> each).min().orElse(now + 1000L);
      assertThat(sweeper.timeout(start + now, 1000)).isEqualTo(Math.max(1, earliest - now));
      assertThat(sweeper.size()).isEqualTo(model.size());
    }
  }

  /** Makes a deadline whose check fails. */
  private static void failAtOnce(IoSession session, String message) {
    Deadline.once(
        session,
        Duration.ofMillis(1),
        () -> {
          throw new AssertionError(message);
        });
  }

  @Test
  void anExceptionInACheckEndsItsSessionInItsLogContextAndNotTheLoop() throws Exception {
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              if (line.equals("fails")) {
                failAtOnce(session, "a test's failure");
              }
              return line;
            });
    try (Server server = Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(1));
        Logs logs = Logs.capture()) {
      TestClock clock = TestClock.of(server);
      try (Peer failing = Servers.peer(server)) {
        assertThat(failing.send("fails\n").line()).isEqualTo("fails");
        String association = Association.of(Servers.session(server)).toString();
        try (Peer other = Servers.peer(server)) {
          assertThat(other.send("a\n").line()).isEqualTo("a");
          clock.advance(2);
          assertThat(failing.rest()).isEmpty();
          assertThat(other.send("b\n").line()).isEqualTo("b");
        }
        assertThat(logs.atLeast("WARN"))
            .singleElement()
            .asString()
            .startsWith("ERROR " + association)
            .contains("reason=fault");
      }
    }
  }

  private static int filed(IoSession session) {
    CompletableFuture<Integer> filed = new CompletableFuture<>();
    EventLoop loop = EventLoop.of(session);
    loop.execute(() -> loop.change(sweeper -> filed.complete(sweeper.size())));
    return filed.join();
  }

  /** Otherwise each session would be kept for minutes, with all its data. */
  @Test
  void aSessionThatHasEndedLeavesNoDeadline() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(AnswerHandler.<String, String>of((session, line) -> line)),
                config -> config.eventLoops(1));
        Peer other = Servers.peer(server)) {
      assertThat(other.send("a\n").line()).isEqualTo("a");
      IoSession others = Servers.session(server);
      int before = filed(others);
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").line()).isEqualTo("a");
        assertThat(filed(others)).isEqualTo(2 * before);
      }
      Servers.awaitSessions(server, 1);
      assertThat(filed(others)).isEqualTo(before);
    }
  }

  /** A smoke test, because the clock in production advances by itself. */
  @Test
  void theLoopWakesUpForADeadlineByItself() throws Exception {
    CompletableFuture<Boolean> due = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              long begun = System.nanoTime();
              Deadline.once(
                  session,
                  Duration.ofMillis(30),
                  () -> due.complete(System.nanoTime() - begun >= 30_000_000));
              return line;
            });
    try (Server server = Servers.lines(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      assertThat(due.get()).as("not early").isTrue();
    }
  }
}
