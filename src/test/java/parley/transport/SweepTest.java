package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.server.Server;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** How often deadlines are checked depends on each session's own, and on no other's. */
class SweepTest {

  /** Counts how often it is checked. */
  private static final class Counting extends Swept {
    final AtomicInteger checks = new AtomicInteger();

    Counting(IoSession session) {
      super(session);
    }

    @Override
    protected void sweep(int now) {
      checks.incrementAndGet();
    }
  }

  /** Takes longer than the shortest time between two checks. */
  private static final class Slow extends Swept {

    Slow(IoSession session) {
      super(session);
    }

    @Override
    protected void sweep(int now) {
      Pace.compute(6);
    }
  }

  @Test
  void aShortDeadlineDoesNotQuickenTheOthers() throws Exception {
    try (Server server = Servers.greeting();
        Peer peer = Servers.peer(server)) {
      peer.line();
      NioSession session = (NioSession) Servers.session(server);
      assertThat(((SocketChannel) session.getChannel()).isOpen()).isTrue();
      Sweep sweep = new Sweep();
      List<Counting> idle = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        idle.add(new Counting(session));
        sweep.add(idle.get(i), Duration.ofMinutes(10));
      }
      Counting visitor = new Counting(session);
      sweep.add(visitor, Duration.ofMillis(20));
      int end = Sweep.now() + 900;
      while (Sweep.now() - end < 0) {
        sweep.socketsSeen();
        sweep.run();
      }
      assertThat(visitor.checks.get()).isGreaterThan(10);
      assertThat(idle).allMatch(each -> each.checks.get() <= 1);
    }
  }

  /** One check of a large group takes so long that the group is due again when it is done. */
  @ParameterizedTest
  @ValueSource(ints = {1024, 2048, 5 * 1024})
  void aLargeGroupThatIsAlwaysDueStarvesNoOther(int many) throws Exception {
    try (Server server = Servers.greeting();
        Peer peer = Servers.peer(server)) {
      peer.line();
      IoSession session = Servers.session(server);
      Sweep sweep = new Sweep();
      for (int i = 0; i < many; i++) {
        sweep.add(i % 512 == 0 ? new Slow(session) : new Counting(session), Duration.ofMillis(20));
      }
      List<Counting> others = new ArrayList<>();
      for (int millis : List.of(80, 320, 1280)) {
        for (int i = 0; i < 600; i++) {
          others.add(new Counting(session));
          sweep.add(others.get(others.size() - 1), Duration.ofMillis(millis));
        }
      }
      Pace.pause(200); // so all are due
      for (int round = 0; round < 8; round++) {
        sweep.socketsSeen();
        sweep.run();
      }
      assertThat(others).allMatch(each -> each.checks.get() > 0);
    }
  }

  /** What begins after a check is seen by the next one, and its end by one after its time. */
  @Test
  void aDeadlineIsLateByLessThanAQuarter() {
    Counting each = new Counting(new DummySession());
    Sweep sweep = new Sweep();
    for (int millis = 1; millis <= 20_000; millis++) {
      sweep.add(each, Duration.ofMillis(millis));
      assertThat(2 * Objects.requireNonNull(each.group).tick)
          .as("late by, of %d ms", millis)
          .isLessThanOrEqualTo(Math.max(10, millis / 4));
    }
  }

  @Test
  void oneThatIsWatchedAgainIsCheckedOnceATick() throws Exception {
    try (Server server = Servers.greeting();
        Peer peer = Servers.peer(server)) {
      peer.line();
      Counting twice = new Counting(Servers.session(server));
      Sweep sweep = new Sweep();
      sweep.add(twice, Duration.ofMinutes(10));
      sweep.add(twice, Duration.ofMillis(20));
      Pace.pause(5);
      sweep.socketsSeen();
      sweep.run();
      assertThat(twice.checks.get()).isOne();
      sweep.remove(twice);
      assertThat(sweep.timeout(1000)).isEqualTo(1000);
    }
  }
}
