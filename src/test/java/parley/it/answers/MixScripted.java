package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;
import parley.internal.loop.EventLoop;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** Executes the lines of a {@link MixScript}. */
@NullMarked
final class MixScripted extends AnswerHandler<String, String> implements MixHandlers.Counted {

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final int LATEST_MICROS = 500;

  /** The task that another thread runs in case no line arrives. */
  private static final int NO_NEXT_MICROS = 5000;

  private final MixHandlers.Counts counts;
  private final boolean inOrder;
  private final boolean mayBlock;
  private final Map<Integer, MixScript> scripts = new HashMap<>();
  private final Map<Integer, Queue<Runnable>> byNext = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Answer<String>>> never = new ConcurrentHashMap<>();
  private final Queue<String> misplaced = new ConcurrentLinkedQueue<>();

  MixScripted(boolean inOrder, boolean mayBlock, MixPushers pushers) {
    this.inOrder = inOrder;
    this.mayBlock = mayBlock;
    counts = new MixHandlers.Counts(2, pushers);
  }

  @Override
  public MixClient.Plan plan(int client, Random random) {
    MixScript script = MixScript.any(client, inOrder, mayBlock, random);
    scripts.put(client, script);
    List<String> lines = script.lines();
    if (script.ends() || random.nextBoolean()) {
      return new MixClient.Plan(lines, !script.ends() || random.nextBoolean(), Integer.MAX_VALUE);
    }
    int pushed = lines.isEmpty() ? 0 : counts.pushers.count();
    return new MixClient.Plan(lines, false, script.answers() + pushed);
  }

  private MixScript script(int client) {
    MixScript script = scripts.get(client);
    if (script == null) {
      throw new IllegalStateException("no script of client " + client);
    }
    return script;
  }

  @Override
  public String shown(int client) {
    return "client " + client + " " + scripts.get(client);
  }

  @Override
  public void check(String of, MixClient client, List<String> got, boolean isDrained) {
    int number = client.number();
    assertThat(misplaced).as(of + ": lines that the handler got out of their order").isEmpty();
    script(number).check(of + " " + script(number), got, handled(number), isDrained);
  }

  @Override
  protected Answer<String> answer(IoSession session, String line) throws Exception {
    counts.count(session, line);
    MixAsk ask = MixAsk.of(line);
    if (ask.number() != handled(ask.client()) - 1) {
      misplaced.add(line);
    }
    Queue<Runnable> waiting = byNext.computeIfAbsent(ask.client(), any -> new ArrayDeque<>());
    for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
    if (ask.how() == MixAsk.How.AT_ONCE) {
      return ask.answer();
    }
    CompletableFuture<Answer<String>> answer = new CompletableFuture<>();
    if (ask.isNever()) {
      never.put(line, answer);
      if (ask.what() == MixAsk.What.BLOCKS) {
        session.getCloseFuture().addListener(closed -> answer.complete(Answer.none()));
        return answer.get(); // until timedOut completes it
      }
      return Answer.decidedLater(answer);
    }
    Runnable complete = () -> complete(answer, ask);
    switch (ask.how()) {
      case COMPLETED -> complete.run();
      case ON_LOOP -> EventLoop.onLoopOf(session, complete);
      case BY_NEXT -> {
        waiting.add(complete);
        schedule(complete, NO_NEXT_MICROS);
      }
      default -> schedule(complete, ThreadLocalRandom.current().nextInt(LATEST_MICROS));
    }
    return Answer.decidedLater(answer);
  }

  private void schedule(Runnable task, int micros) {
    var unused = counts.others.schedule(task, micros, TimeUnit.MICROSECONDS);
  }

  private static void complete(CompletableFuture<Answer<String>> answer, MixAsk ask) {
    try {
      answer.complete(ask.answer());
    } catch (Throwable failure) {
      answer.completeExceptionally(failure);
    }
  }

  @Override
  protected boolean inOrder() {
    return inOrder;
  }

  @Override
  protected @Nullable Duration answerTimeout(IoSession session, String line) {
    return MixAsk.of(line).isNever() ? SHORT : null;
  }

  @Override
  protected Answer<String> timedOut(IoSession session, String line) {
    CompletableFuture<Answer<String>> answer = never.remove(line);
    if (answer != null) {
      schedule(() -> answer.complete(Answer.of("too late: " + line)), LATEST_MICROS);
    }
    return MixAsk.of(line).timedOut();
  }

  @Override
  protected Answer<String> refusal(IoSession session, FrameException cause) {
    return MixAsk.refusal(cause);
  }

  @Override
  public void event(IoSession session, FilterEvent event) {
    counts.pushers.event(session, event);
  }

  @Override
  public MixHandlers.Counts counts() {
    return counts;
  }

  @Override
  public String toString() {
    return "script inOrder=" + inOrder + " " + counts.pushers;
  }
}
