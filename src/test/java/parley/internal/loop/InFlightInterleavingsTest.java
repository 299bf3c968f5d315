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

/** Several threads have requests of one session in flight, and wait until none is. */
@Tag(Interleavings.TAG)
class InFlightInterleavingsTest {

  /** The operations of the threads. */
  public static class Operations {

    private final InFlight inFlight = InFlight.of(new DummySession());
    private final Queue<AtomicInteger> actions = new ConcurrentLinkedQueue<>();

    @Operation
    public void enter() {
      inFlight.enter();
    }

    /** Returns false if nothing was in flight. */
    @Operation
    public boolean leave() {
      try {
        inFlight.leave();
        return true;
      } catch (IllegalStateException nothing) {
        return false;
      }
    }

    @Operation
    public int count() {
      return inFlight.count();
    }

    @Operation
    public void whenNone() {
      AtomicInteger ran = new AtomicInteger();
      actions.add(ran);
      inFlight.whenNone(ran::incrementAndGet);
    }

    /** Each action runs once, when nothing is in flight any more. */
    @Validate
    public void eachRanOnce() {
      while (inFlight.count() > 0) {
        inFlight.leave();
      }
      for (AtomicInteger ran : actions) {
        if (ran.get() != 1) {
          throw new IllegalStateException("an action ran " + ran + " times");
        }
      }
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private int count;

    public void enter() {
      count++;
    }

    public boolean leave() {
      boolean any = count > 0;
      count -= any ? 1 : 0;
      return any;
    }

    public int count() {
      return count;
    }

    public void whenNone() {
      // its effect is checked at the end
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
