package parley.internal.accept;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.internal.accept.Admission.Bounds;
import parley.telemetry.Rejection;
import parley.testing.Interleavings;

/** Several threads admit connections from two addresses, and count them out. */
@Tag(Interleavings.TAG)
class AdmissionInterleavingsTest {

  private static final int MOST = 3;
  private static final int PER_ADDRESS = 2;
  private static final int BURST = 1_000_000; // more than Lincheck's clock, which jumps, takes back

  /** The operations of the threads. */
  @Param(name = "source", gen = IntGen.class, conf = "0:1")
  public static class Operations {

    private final Admission admission = new Admission(new Bounds(MOST, PER_ADDRESS, 1, BURST));

    private static InetAddress address(int source) {
      try {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) source});
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Operation
    public @Nullable Rejection enter(@Param(name = "source") int source) {
      return admission.enter(address(source));
    }

    @Operation
    public @Nullable Rejection enterUnnamed() {
      return admission.enterUnnamed();
    }

    @Operation
    public void leaveUnnamed() {
      admission.leaveUnnamed();
    }

    @Operation
    public void leave(@Param(name = "source") int source) {
      admission.leave(address(source));
    }

    @Operation
    public int connections() {
      return admission.connections();
    }

    @Operation
    public int addresses() {
      return admission.addresses();
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private final int[] bySource = new int[2];
    private int connections;

    public @Nullable Rejection enter(int source) {
      if (connections >= MOST) {
        return Rejection.CONNECTIONS;
      }
      if (bySource[source] >= PER_ADDRESS) {
        return Rejection.CONNECTIONS_PER_ADDRESS;
      }
      bySource[source]++;
      connections++;
      return null;
    }

    public @Nullable Rejection enterUnnamed() {
      if (connections >= MOST) {
        return Rejection.CONNECTIONS;
      }
      connections++;
      return null;
    }

    public void leaveUnnamed() {
      connections--;
    }

    public void leave(int source) {
      bySource[source] = Math.max(0, bySource[source] - 1);
      connections--;
    }

    public int connections() {
      return connections;
    }

    public int addresses() {
      return (bySource[0] > 0 ? 1 : 0) + (bySource[1] > 0 ? 1 : 0);
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
