package parley.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.internal.loop.InFlight;
import parley.protocol.PendingAnswers.Place;
import parley.testing.Interleavings;

/** One thread gives answers their places, and several threads complete them. */
@Tag(Interleavings.TAG)
class PendingAnswersInterleavingsTest {

  private static final int ANSWERS = 4;

  /** The operations of the threads. */
  @Param(name = "answer", gen = IntGen.class, conf = "0:3")
  public static class Operations {

    private final IoSession session = new DummySession();
    private final List<CompletableFuture<Object>> answers = new ArrayList<>();
    private final List<Object> written = new ArrayList<>();
    private final AtomicBoolean writes = new AtomicBoolean();
    private final PendingAnswers pending = new PendingAnswers(session, this::write);
    private final AnswerHandler<Object, Object> handler = AnswerHandler.of((its, frame) -> frame);
    private int placed; // on the handler's thread

    public Operations() {
      for (int i = 0; i < ANSWERS; i++) {
        answers.add(new CompletableFuture<>());
      }
    }

    private boolean write(Object answer, long since) {
      if (!writes.compareAndSet(false, true)) {
        throw new IllegalStateException("two threads write at a time");
      }
      written.add(answer);
      writes.set(false);
      return true;
    }

    /**
     * Places two at a time. The constructor does not place any, because Lincheck does not control
     * hash codes there.
     */
    @Operation(nonParallelGroup = "handler")
    public void place() {
      for (int end = Math.min(placed + 2, ANSWERS); placed < end; ) {
        Place place = new Place(handler, "frame", true, 0, 0, null, Duration.ZERO);
        pending.add(place);
        pending.fill(place, answers.get(placed++));
      }
    }

    /** Returns whether this call completes the answer. */
    @Operation
    public boolean complete(@Param(name = "answer") int answer) {
      return answers.get(answer).complete(answer);
    }

    @Validate
    public void allAreWrittenInTheirPlaces() {
      while (placed < ANSWERS) {
        place();
      }
      for (int i = 0; i < ANSWERS; i++) {
        complete(i);
      }
      if (!written.equals(List.of(0, 1, 2, 3))) {
        throw new IllegalStateException("written: " + written);
      }
      if (pending.any() || InFlight.of(session).count() != 0) {
        throw new IllegalStateException("in flight: " + InFlight.of(session).count());
      }
    }
  }

  /** The sequential specification. */
  public static class Specification {

    private final boolean[] completed = new boolean[ANSWERS];

    public void place() {
      // its effect is checked at the end
    }

    public boolean complete(int answer) {
      boolean first = !completed[answer];
      completed[answer] = true;
      return first;
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
