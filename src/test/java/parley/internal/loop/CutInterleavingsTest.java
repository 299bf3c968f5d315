package parley.internal.loop;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/** Several threads cut one session: it is cut once, and takes nothing more. */
@Tag(Interleavings.TAG)
class CutInterleavingsTest {

  /** The operations of the threads. */
  public static class Operations {

    private final LoopSession session = new LoopSession();
    private final Outbound outbound = session.queue().outbound();

    public Operations() {
      session.queue().handover().add(() -> {}, 0); // a cut searches the steps that are handed over
    }

    /** Returns whether more may wait. */
    @Operation
    public boolean cut() {
      outbound.cut("a test's rule");
      return outbound.takes(0);
    }

    @Validate
    public void isCutOnce() {
      if (session.cuts() != 1) {
        throw new IllegalStateException("cut " + session.cuts() + " times");
      }
      while (LoopSession.hasTasks()) {
        LoopSession.round(() -> {});
      }
    }
  }

  /** The sequential specification. */
  public static class Specification {

    public boolean cut() {
      return false;
    }
  }

  @Test
  void onThreads() {
    Interleavings.onThreadsOften(Operations.class, Specification.class);
  }
}
