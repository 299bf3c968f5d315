package parley.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.testing.Interleavings;

/**
 * An action that waits until nothing of a session is in flight never runs earlier, on any thread.
 */
@Tag(Interleavings.TAG)
class WhenNoneInterleavingsTest {

  /** The operations of the threads. */
  public static class Operations {

    private final InFlight inFlight = InFlight.of(new DummySession());
    private final Queue<AtomicInteger> actions = new ConcurrentLinkedQueue<>();

    private AtomicInteger waits() {
      AtomicInteger ran = new AtomicInteger();
      actions.add(ran);
      inFlight.whenNone(ran::incrementAndGet);
      return ran;
    }

    @Operation
    public void whenNone() {
      waits();
    }

    /** Returns whether an action ran too early: while its own thread had something in flight. */
    @Operation
    public boolean runsTooEarly() {
      inFlight.enter();
      boolean ran = waits().get() != 0;
      inFlight.leave();
      return ran;
    }

    /** Each action runs once, when nothing is in flight any more. */
    @Validate
    public void eachRanOnce() {
      for (AtomicInteger ran : actions) {
        if (ran.get() != 1) {
          throw new IllegalStateException("an action ran " + ran + " times");
        }
      }
    }
  }

  /** The sequential specification. */
  public static class Specification {

    public void whenNone() {
      // its effect is checked at the end
    }

    public boolean runsTooEarly() {
      return false;
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
