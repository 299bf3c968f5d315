package parley.internal.loop;

import java.util.EnumSet;
import java.util.Set;
import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.internal.loop.Input.Reason;
import parley.testing.Interleavings;

/** Several threads suspend and resume the input of one session. */
@Tag(Interleavings.TAG)
class InputInterleavingsTest {

  private static final Reason[] REASONS = {Reason.OUTBOUND_FULL, Reason.STOPPED};

  /** The operations of the threads. */
  @Param(name = "reason", gen = IntGen.class, conf = "0:1")
  public static class Operations {

    private final Input input = Input.of(new DummySession());

    @Operation
    public void suspend(@Param(name = "reason") int reason) {
      input.suspend(REASONS[reason]);
    }

    @Operation
    public void resume(@Param(name = "reason") int reason) {
      input.resume(REASONS[reason]);
    }

    @Operation(runOnce = true)
    public void readToTheEnd() {
      input.readToTheEnd();
    }

    @Operation
    public boolean isSuspended() {
      return input.isSuspended();
    }

    @Operation
    public boolean isSuspendedFor(@Param(name = "reason") int reason) {
      return input.isSuspended(REASONS[reason]);
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    private boolean toTheEnd;

    public void suspend(int reason) {
      if (!toTheEnd) {
        reasons.add(REASONS[reason]);
      }
    }

    public void resume(int reason) {
      reasons.remove(REASONS[reason]);
    }

    public void readToTheEnd() {
      toTheEnd = true;
      reasons.clear();
    }

    public boolean isSuspended() {
      return !reasons.isEmpty();
    }

    public boolean isSuspendedFor(int reason) {
      return reasons.contains(REASONS[reason]);
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
