package parley.internal.loop;

import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.internal.loop.SessionLifecycle.Event;
import parley.internal.loop.SessionLifecycle.Phase;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.session.EndReason;
import parley.testing.Interleavings;

/** Several threads report events to the life cycle of one session, and query it. */
@Tag(Interleavings.TAG)
class LifecycleInterleavingsTest {

  /** The operations of the threads. */
  @Param(name = "reason", gen = IntGen.class, conf = "0:1")
  public static class Operations {

    private final SessionLifecycle life = SessionLifecycle.of(new DummySession());

    @Operation
    public void through() {
      life.through();
    }

    @Operation
    public void peerEnded() {
      life.peerEnded();
    }

    @Operation
    public void end(@Param(name = "reason") int why) {
      life.beginEnd(EndReason.values()[why], QueuedFrames.HANDLED);
    }

    @Operation
    public void closing() {
      life.closing();
    }

    @Operation
    public Phase phase() {
      return life.phase();
    }

    /** An end that is visible has its reason. */
    @Operation
    public String end() {
      return life.isEnding() ? "ends: " + life.reason() : "goes on";
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private Phase phase = Phase.HANDSHAKE;
    private @Nullable EndReason reason;

    private void step(Event event, @Nullable EndReason why) {
      boolean isHalfClosed = phase == Phase.HALF_CLOSED;
      phase = SessionLifecycle.after(phase, event);
      if (reason == null) {
        reason = why == EndReason.CLOSED && isHalfClosed ? EndReason.PEER : why;
      }
    }

    public void through() {
      step(Event.THROUGH, null);
    }

    public void peerEnded() {
      step(Event.PEER_ENDED, null);
    }

    public void end(int why) {
      step(Event.END, EndReason.values()[why]);
    }

    public void closing() {
      step(Event.CLOSE, EndReason.CLOSED);
    }

    public Phase phase() {
      return phase;
    }

    public String end() {
      return reason == null ? "goes on" : "ends: " + reason;
    }
  }

  @Test
  void onThreads() {
    Interleavings.onThreads(Operations.class, Specification.class);
  }

  @Test
  void inManyOrders() {
    Interleavings.inManyOrders(Operations.class, Specification.class);
  }
}
