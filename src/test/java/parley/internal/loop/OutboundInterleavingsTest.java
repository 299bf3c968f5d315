package parley.internal.loop;

import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/** Several threads hand messages over to one session, and report the sent ones. */
@Tag(Interleavings.TAG)
class OutboundInterleavingsTest {

  /** Keeps the sum above zero. */
  private static final int FIRST = 100;

  /** The operations of the threads. */
  @Param(name = "cost", gen = IntGen.class, conf = "1:3")
  public static class Operations {

    private final Outbound outbound = new Outbound(new DummySession());

    public Operations() {
      outbound.handsOver(FIRST);
    }

    @Operation
    public void handsOver(@Param(name = "cost") int cost) {
      outbound.handsOver(cost);
    }

    @Operation
    public void taken(@Param(name = "cost") int cost) {
      outbound.taken(cost);
    }

    /** A pair of messages has two counters: the moment between their updates is not a state. */
    @Operation
    public void reports() {
      outbound.reportsLater();
      outbound.reportsLater();
      outbound.reported();
      outbound.reported();
    }

    /** Does not include the messages that are being reported. */
    @Operation
    public long handedOver() {
      return outbound.waiting() % Outbound.REQUEST_COST;
    }

    @Validate
    public void allIsReported() {
      if (outbound.waiting() >= Outbound.REQUEST_COST) {
        throw new IllegalStateException("not reported: " + outbound.waiting());
      }
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private long handedOver = FIRST;

    public void handsOver(int cost) {
      handedOver += cost;
    }

    public void taken(int cost) {
      handedOver -= cost;
    }

    public void reports() {
      // all of it is reported
    }

    public long handedOver() {
      return handedOver;
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
