package parley.internal.loop;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/**
 * Like {@link HandoverInterleavingsTest}, with rounds of a loop, which must take all steps on its
 * own.
 */
@Tag(Interleavings.TAG)
class LoopHandoverInterleavingsTest {

  /** The operations of the threads. */
  public static class Operations {

    private final LoopSession session = new LoopSession();
    private final Fates fates = new Fates();

    @Operation
    public void write() {
      fates.write(session);
    }

    @Operation
    public void run() {
      Handover.run(session, fates.step());
    }

    @Operation(nonParallelGroup = "loop")
    public void round() {
      LoopSession.round(() -> {});
    }

    @Operation(nonParallelGroup = "loop")
    public void runBefore() {
      LoopSession.round(() -> Handover.runBefore(session));
    }

    @Operation(nonParallelGroup = "loop", runOnce = true)
    public void dispose() {
      LoopSession.round(() -> session.queue().dispose(session));
    }

    @Operation
    public void cut() {
      session.queue().outbound().cut("a test's rule");
    }

    /** The loop takes all steps that were handed over, without another call. */
    @Validate
    public void eachRunsOrFailsOnce() {
      while (LoopSession.hasTasks()) {
        LoopSession.round(() -> {});
      }
      fates.check(session.queue().outbound());
    }
  }

  /** The effect of the operations is checked at the end. */
  public static class Specification {

    public void write() {}

    public void run() {}

    public void round() {}

    public void runBefore() {}

    public void dispose() {}

    public void cut() {}
  }

  @Test
  void onThreads() {
    Interleavings.onThreadsOften(Operations.class, Specification.class);
  }
}
