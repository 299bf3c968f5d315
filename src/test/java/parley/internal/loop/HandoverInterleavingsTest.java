package parley.internal.loop;

import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/** Several threads hand steps over, while the loop takes them and the session is cut or ends. */
@Tag(Interleavings.TAG)
class HandoverInterleavingsTest {

  /** The operations of the threads. */
  public static class Operations {

    private final DummySession session = new DummySession();
    private final WriteQueue queue = new WriteQueue(session);
    private final Fates fates = new Fates();
    private volatile boolean disposed;

    public Operations() {
      session.setWriteRequestQueue(queue);
    }

    @Operation
    public void write() {
      fates.write(session);
    }

    @Operation
    public void run() {
      queue.handover().add(fates.step(), 0);
    }

    @Operation(nonParallelGroup = "loop")
    public void runBefore() {
      Handover.runBefore(session);
    }

    @Operation(nonParallelGroup = "loop", runOnce = true)
    public void dispose() {
      disposed = true;
      queue.dispose(session);
    }

    /** As for a session that is cut. */
    @Operation
    public void failWrites() {
      queue.handover().failWrites();
    }

    /** Remaining steps fail when the session ends. */
    @Validate
    public void eachRunsOrFailsOnce() {
      if (!disposed) {
        dispose();
      }
      fates.check(queue.outbound());
    }
  }

  /** The effect of the operations is checked at the end. */
  public static class Specification {

    public void write() {}

    public void run() {}

    public void runBefore() {}

    public void dispose() {}

    public void failWrites() {}
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
