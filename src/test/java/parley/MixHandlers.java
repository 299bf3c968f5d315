package parley;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.NullMarked;
import parley.protocol.AnswerHandler;
import parley.transport.InFlight;

/** Handlers of all kinds that answer a line by itself, and count each client's. */
@NullMarked
final class MixHandlers {

  private MixHandlers() {}

  /** One that counts the frames which it was given. */
  interface Counted extends IoHandler, AutoCloseable {
    Counts counts();

    default boolean keepsOrder() {
      return true;
    }

    default int handled() {
      return counts().all.get();
    }

    default int handled(int client) {
      AtomicInteger its = counts().each.get(client);
      return its == null ? 0 : its.get();
    }

    @Override
    default void close() {
      counts().others.shutdownNow();
    }
  }

  /** The counts, and the threads of what answers later. */
  static final class Counts {
    final AtomicInteger all = new AtomicInteger();
    final Map<Integer, AtomicInteger> each = new ConcurrentHashMap<>();
    final ExecutorService others;

    Counts(int threads) {
      others = Executors.newFixedThreadPool(threads);
    }

    String count(Object line) {
      String text = (String) line;
      int client = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      each.computeIfAbsent(client, c -> new AtomicInteger()).incrementAndGet();
      all.incrementAndGet();
      return text;
    }
  }

  static Counted any(Random random) {
    boolean inOrder = random.nextInt(4) > 0;
    int late = random.nextInt(3); // of three
    return switch (random.nextInt(4)) {
      case 0 -> new Answers(0, true);
      case 1 -> new Answers(late, inOrder);
      case 2 -> new Writes();
      default -> new WritesElsewhere();
    };
  }

  /** Some at once, and some later. */
  private static final class Answers extends AnswerHandler<String> implements Counted {

    private final Counts counts = new Counts(3);
    private final int late;
    private final boolean inOrder;

    Answers(int late, boolean inOrder) {
      this.late = late;
      this.inOrder = inOrder;
    }

    @Override
    protected Object answer(IoSession session, String line) {
      String answer = counts.count(line);
      return line.hashCode() % 3 >= late
          ? answer
          : CompletableFuture.supplyAsync(() -> answer, counts.others);
    }

    @Override
    protected boolean inOrder() {
      return inOrder;
    }

    @Override
    public boolean keepsOrder() {
      return inOrder;
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String toString() {
      return "answers late=" + late + " inOrder=" + inOrder;
    }
  }

  /** As any handler of MINA's. */
  private static final class Writes extends IoHandlerAdapter implements Counted {

    private final Counts counts = new Counts(1);

    @Override
    public void messageReceived(IoSession session, Object line) {
      session.write(counts.count(line));
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String toString() {
      return "writes";
    }
  }

  /** On another thread, all in order. */
  private static final class WritesElsewhere extends IoHandlerAdapter implements Counted {

    private final Counts counts = new Counts(1);

    @Override
    public void messageReceived(IoSession session, Object line) {
      String answer = counts.count(line);
      InFlight inFlight = InFlight.of(session);
      inFlight.enter();
      counts.others.execute(
          () -> {
            session.write(answer);
            inFlight.leave();
          });
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String toString() {
      return "writes elsewhere";
    }
  }
}
