package parley.internal.loop;

import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/** Several threads count the outbound bytes of two sessions in one sum. */
@Tag(Interleavings.TAG)
class OutboundTotalInterleavingsTest {

  private static final IoSession[] SESSIONS = {new DummySession(), new DummySession()};

  /** The operations of the threads. */
  @Param(name = "session", gen = IntGen.class, conf = "0:1")
  @Param(name = "amount", gen = IntGen.class, conf = "0:9")
  public static class Operations {

    private final OutboundTotal total = new OutboundTotal(Long.MAX_VALUE, Runnable::run);

    @Operation
    public void update(@Param(name = "session") int session, @Param(name = "amount") int amount) {
      total.update(SESSIONS[session], () -> amount);
    }

    @Operation
    public long sum() {
      return total.sum();
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private final int[] amounts = new int[SESSIONS.length];

    public void update(int session, int amount) {
      amounts[session] = amount;
    }

    public long sum() {
      return amounts[0] + amounts[1];
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
