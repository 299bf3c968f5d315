package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.NullMarked;
import parley.internal.loop.InFlight;
import parley.it.answers.MixClient.Plan;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** Handlers of all kinds, which count each client's lines while others push to it. */
@NullMarked
final class MixHandlers {

  private MixHandlers() {}

  /**
   * A handler that counts the frames that it received, and computes the lines that a client must
   * get.
   */
  interface Counted extends IoHandler, AutoCloseable {
    Counts counts();

    default boolean keepsOrder() {
      return true;
    }

    default int handled(int client) {
      AtomicInteger its = counts().each.get(client);
      return its == null ? 0 : its.get();
    }

    /** Draws a client's lines; here each line has its own answer. */
    default Plan plan(int client, Random random) {
      int count = random.nextInt(2000);
      int longest = List.of(1, 100, 20_000).get(random.nextInt(3));
      int few = longest > 1000 ? count / 20 : count;
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < few; i++) {
        lines.add(client + " " + i + " " + "x".repeat(random.nextInt(longest)));
      }
      return random.nextInt(4) > 0
          ? new Plan(lines, true, Integer.MAX_VALUE)
          : new Plan(lines, false, few + (few == 0 ? 0 : counts().pushers.count()));
    }

    /** Returns a client's lines, for failures. */
    default String shown(int client) {
      return "client " + client;
    }

    /** Checks the lines of a client that has read everything. */
    default void check(String of, MixClient client, List<String> got, boolean isDrained) {
      List<String> answers = MixPushers.answersIn(got);
      assertThat(answers).as(of).hasSize(handled(client.number()));
      assertThat(answers).as(of).hasSizeLessThanOrEqualTo(client.lines().size());
      List<String> expected = client.lines().subList(0, answers.size());
      if (keepsOrder()) {
        assertThat(answers).as(of).isEqualTo(expected);
      } else if (!isDrained) {
        assertThat(answers).as(of).containsExactlyInAnyOrderElementsOf(expected);
      }
      if (!isDrained) {
        assertThat(answers).as(of).hasSize(client.lines().size());
      }
    }

    @Override
    default void close() {
      counts().others.shutdownNow();
      counts().pushers.close();
    }
  }

  /** The counts, the threads for later answers, and the pushers. */
  static final class Counts {
    private final AtomicInteger all = new AtomicInteger();
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private volatile int mark = Integer.MAX_VALUE;
    final Map<Integer, AtomicInteger> each = new ConcurrentHashMap<>();
    final ScheduledExecutorService others;
    final MixPushers pushers;

    Counts(int threads, MixPushers pushers) {
      others = Executors.newScheduledThreadPool(threads);
      this.pushers = pushers;
    }

    String count(IoSession session, Object line) {
      String text = (String) line;
      int client = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      if (each.computeIfAbsent(client, c -> new AtomicInteger()).getAndIncrement() == 0) {
        pushers.begin(session, client);
      }
      if (all.incrementAndGet() >= mark) {
        reached.complete(null);
      }
      return text;
    }

    /** Returns a future that completes when this many frames were handled. Call it once. */
    CompletableFuture<Void> reached(int frames) {
      mark = frames;
      if (all.get() >= frames) {
        reached.complete(null);
      }
      return reached;
    }
  }

  static Counted any(boolean onThreads, Random random) {
    boolean inOrder = random.nextInt(4) > 0;
    int late = random.nextInt(3); // of three
    MixPushers pushers = MixPushers.any(random);
    return switch (random.nextInt(6)) {
      case 0 -> new Answers(0, true, pushers);
      case 1 -> new Answers(late, inOrder, pushers);
      case 2 -> new Writes(pushers);
      case 3 -> new WritesElsewhere(pushers);
      default -> new MixScripted(inOrder, onThreads, pushers);
    };
  }

  /** Answers some lines at once, and some later. */
  private static final class Answers extends AnswerHandler<String, String> implements Counted {

    private final Counts counts;
    private final int late;
    private final boolean inOrder;

    Answers(int late, boolean inOrder, MixPushers pushers) {
      counts = new Counts(3, pushers);
      this.late = late;
      this.inOrder = inOrder;
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      String answer = counts.count(session, line);
      return line.hashCode() % 3 >= late
          ? Answer.of(answer)
          : Answer.later(CompletableFuture.supplyAsync(() -> answer, counts.others));
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
    public void event(IoSession session, FilterEvent event) {
      counts.pushers.event(session, event);
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String toString() {
      return "answers late=" + late + " inOrder=" + inOrder + " " + counts.pushers;
    }
  }

  /** Writes its answers, one for each line. */
  private abstract static class Writing extends IoHandlerAdapter implements Counted {

    final Counts counts;
    private final String how;

    Writing(MixPushers pushers, String how) {
      counts = new Counts(1, pushers);
      this.how = how;
    }

    @Override
    public void event(IoSession session, FilterEvent event) {
      counts.pushers.event(session, event);
    }

    @Override
    public Counts counts() {
      return counts;
    }

    @Override
    public String toString() {
      return how + " " + counts.pushers;
    }
  }

  /** Writes its answers, like any MINA handler. */
  private static final class Writes extends Writing {

    Writes(MixPushers pushers) {
      super(pushers, "writes");
    }

    @Override
    public void messageReceived(IoSession session, Object line) {
      session.write(counts.count(session, line));
    }
  }

  /** Answers on another thread, all in order. */
  private static final class WritesElsewhere extends Writing {

    WritesElsewhere(MixPushers pushers) {
      super(pushers, "writes elsewhere");
    }

    @Override
    public void messageReceived(IoSession session, Object line) {
      String answer = counts.count(session, line);
      InFlight inFlight = InFlight.of(session);
      inFlight.enter();
      counts.others.execute(
          () -> {
            session.write(answer);
            inFlight.leave();
          });
    }
  }
}
