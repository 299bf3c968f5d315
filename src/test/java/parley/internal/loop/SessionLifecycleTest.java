package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.internal.loop.SessionLifecycle.Event;
import parley.internal.loop.SessionLifecycle.Phase;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.session.EndReason;
import parley.testing.Programs;

/** The phases of a session, under every order of events. */
class SessionLifecycleTest {

  /** An event as it is reported, with the reason that it gives. */
  enum Report {
    THROUGH(null) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.through();
      }
    },
    PEER_ENDED(null) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.peerEnded();
      }
    },
    DRAIN(EndReason.DRAIN) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.beginEnd(EndReason.DRAIN, QueuedFrames.HANDLED);
      }
    },
    FAULT(EndReason.FAULT) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.beginEnd(EndReason.FAULT, QueuedFrames.DROPPED);
      }
    },
    FLUSHED(EndReason.CLOSED) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.lingers();
      }
    },
    RESET(EndReason.RESET) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.lost();
      }
    },
    CLOSE(EndReason.CLOSED) {
      @Override
      void to(SessionLifecycle lifecycle, IoSession session) {
        lifecycle.closing();
      }
    };

    private final EndReason reason;

    Report(EndReason reason) {
      this.reason = reason;
    }

    abstract void to(SessionLifecycle lifecycle, IoSession session);
  }

  /** A phase never goes back, a reason never changes, and an end is final. */
  @Property(tries = 500)
  void phasesNeverGoBack(@ForAll List<Report> reports) {
    IoSession session = new DummySession();
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    boolean drops = false;
    for (Report report : reports) {
      Phase before = lifecycle.phase();
      EndReason why = lifecycle.reason();
      report.to(lifecycle, session);
      assertThat(lifecycle.phase()).isGreaterThanOrEqualTo(before);
      if (why != null) {
        assertThat(lifecycle.reason()).isEqualTo(why);
      } else if (report.reason != null) {
        boolean isPeers = report.reason == EndReason.CLOSED && before == Phase.HALF_CLOSED;
        assertThat(lifecycle.reason()).isEqualTo(isPeers ? EndReason.PEER : report.reason);
      }
      boolean ends = lifecycle.phase().compareTo(Phase.ENDING) >= 0;
      assertThat(lifecycle.isEnding()).isEqualTo(ends);
      assertThat(lifecycle.reason() != null).isEqualTo(ends);
      drops |= report == Report.FAULT;
      assertThat(lifecycle.dropsFrames()).isEqualTo(drops);
    }
  }

  /** Several threads report: one of them is the first, and all see the same reason. */
  @Property(tries = 200)
  void threadsAgree(@ForAll List<Report> some, @ForAll List<Report> others) throws Exception {
    IoSession session = new DummySession();
    SessionLifecycle lifecycle = SessionLifecycle.of(session);
    List<Thread> threads = new ArrayList<>();
    for (List<Report> reports : List.of(some, others)) {
      Thread thread =
          new Thread(() -> reports.forEach(report -> report.to(lifecycle, session)), "reports");
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<Report> all = new ArrayList<>(some);
    all.addAll(others);
    boolean closes = all.contains(Report.CLOSE) || all.contains(Report.RESET);
    boolean ends = closes || all.stream().anyMatch(report -> report.reason != null);
    assertThat(lifecycle.phase() == Phase.CLOSED).isEqualTo(closes);
    assertThat(lifecycle.isEnding()).isEqualTo(ends);
    assertThat(lifecycle.reason() != null).isEqualTo(ends);
  }

  /** docs/architecture.md draws the same table. */
  @Test
  void theTableIsInTheDocs() throws Exception {
    List<String> expected = new ArrayList<>();
    expected.add(
        "| phase | "
            + Arrays.stream(Event.values()).map(Enum::name).collect(Collectors.joining(" | "))
            + " |");
    for (Phase phase : Phase.values()) {
      expected.add(
          "| "
              + phase
              + " | "
              + Arrays.stream(Event.values())
                  .map(event -> SessionLifecycle.after(phase, event))
                  .map(after -> after == phase ? "" : after.name())
                  .collect(Collectors.joining(" | "))
              + " |");
    }
    List<String> page = Files.readAllLines(Programs.HOME.resolve("docs/architecture.md"));
    assertThat(page.stream().map(line -> line.replaceAll(" +", " ")).toList())
        .containsAll(expected.stream().map(line -> line.replaceAll(" +", " ")).toList());
  }
}
