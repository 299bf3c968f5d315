package parley.internal.loop;

import java.util.EnumSet;
import java.util.Set;
import org.apache.mina.core.session.DummySession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.internal.loop.SessionLifecycle.Mark;
import parley.testing.Interleavings;

/** Several threads note events of one session: exactly one of them is the first. */
@Tag(Interleavings.TAG)
class MarksInterleavingsTest {

  /** The operations of the threads. */
  @Param(name = "mark", gen = IntGen.class, conf = "0:1")
  public static class Operations {

    private final SessionLifecycle life = SessionLifecycle.of(new DummySession());

    @Operation
    public boolean happens(@Param(name = "mark") int mark) {
      return life.happens(Mark.values()[mark]);
    }

    @Operation
    public boolean has(@Param(name = "mark") int mark) {
      return life.has(Mark.values()[mark]);
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private final Set<Mark> marks = EnumSet.noneOf(Mark.class);

    public boolean happens(int mark) {
      return marks.add(Mark.values()[mark]);
    }

    public boolean has(int mark) {
      return marks.contains(Mark.values()[mark]);
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
