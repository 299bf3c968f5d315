package parley.internal.loop;

import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/** Several threads count what waits in two sessions, and the sum of both is bounded. */
@Tag(Interleavings.TAG)
class OutboundBoundInterleavingsTest {

  private static final int MOST = 10;
  private static final IoSession[] SESSIONS = {new DummySession(), new DummySession()};

  /** What several threads do. */
  @Param(name = "session", gen = IntGen.class, conf = "0:1")
  @Param(name = "amount", gen = IntGen.class, conf = "6:9")
  public static class Operations {

    private final OutboundTotal total = new OutboundTotal(MOST, Runnable::run);

    @Operation
    public void update(@Param(name = "session") int session, @Param(name = "amount") int amount) {
      total.update(SESSIONS[session], () -> amount);
    }

    /** One of the two is cut, and not both. */
    @Validate
    public void oneIsLeft() {
      total.update(SESSIONS[0], () -> 6); // the last update is over: the bound holds
      if (total.sum() < 6 || total.sum() > MOST) {
        throw new IllegalStateException("the sum is " + total.sum());
      }
    }
  }

  /** What it does is seen at the end. */
  public static class Specification {

    public void update(int session, int amount) {}
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
