package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.mina.core.session.IoSession;
import parley.internal.loop.InFlight;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.TestClock;
import parley.protocol.Sessions;
import parley.server.GatedPeer.Sent;
import parley.server.RecordingHandler.Asked;
import parley.server.RecordingHandler.Pushed;
import parley.session.EndReason;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Servers;

/** One session on a server of its own, on which several threads act, and its end. */
final class TriedSession implements AutoCloseable {

  /**
   * The properties that differ from try to try.
   *
   * @param executorThreads of the listener
   * @param handlesSent whether the handler has a messageSent of its own
   * @param inOrder whether answers keep the order of their requests
   */
  record Setup(int executorThreads, boolean handlesSent, boolean inOrder) {}

  private final Setup setup;
  private final ExecutorService peers = Executors.newSingleThreadExecutor();
  private final ExecutorService some = Executors.newSingleThreadExecutor();
  private final ExecutorService other = Executors.newSingleThreadExecutor();
  private final ExecutorService handlers = Executors.newSingleThreadExecutor();
  private final List<CompletableFuture<Void>> steps = new ArrayList<>();
  private final Set<EndReason> reasons = EnumSet.of(EndReason.PEER);
  private final RecordingHandler handler;
  private final Logs logs = Logs.capture();
  private final Server server;
  private final TestClock clock;
  private final GatedPeer peer;
  private final IoSession session;
  private int pushes;

  private TriedSession(Setup setup) throws IOException {
    this.setup = setup;
    handler =
        setup.handlesSent
            ? new RecordingHandler.ReportingSent(handlers, setup.inOrder)
            : new RecordingHandler(handlers, setup.inOrder);
    server =
        Servers.with(
            Servers.lineProtocol(handler),
            listener ->
                listener
                    .executorThreads(setup.executorThreads)
                    .limit(Limits.FRAMES_PER_TURN, 2)
                    .limit(Limits.OUTBOUND_HIGH, 40_000)
                    .limit(Limits.OUTBOUND_LOW, 20_000));
    clock = TestClock.of(server);
    peer = new GatedPeer(Servers.withLittleRoom(server));
    session = Servers.session(server);
  }

  static TriedSession begin(Setup setup) {
    try {
      return new TriedSession(setup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Allows this end reason, too, which may lose data that was not sent. */
  void mayEndBy(EndReason reason) {
    reasons.add(reason);
  }

  private void on(ExecutorService thread, Runnable step) {
    steps.add(CompletableFuture.runAsync(step, thread));
  }

  void peer(Consumer<GatedPeer> step) {
    on(peers, () -> step.accept(peer));
  }

  void push() {
    int number = pushes++;
    on(some, () -> handler.push(session, "pushed by some " + number));
  }

  void pushByOther() {
    int number = pushes++;
    on(other, () -> handler.push(session, "pushed by other " + number));
  }

  void complete(boolean eldest) {
    on(
        some,
        () -> {
          Asked asked = eldest ? handler.asked.pollFirst() : handler.asked.pollLast();
          if (asked != null) {
            RecordingHandler.complete(asked);
          }
          handler.seeReason(session);
        });
  }

  void fail() {
    mayEndBy(EndReason.FAULT);
    on(
        other,
        () -> {
          Asked asked = handler.asked.pollFirst();
          if (asked != null) {
            asked.answer().completeExceptionally(new IllegalStateException("a test's failure"));
          }
        });
  }

  void close(boolean onFlush) {
    mayEndBy(EndReason.CLOSED);
    on(
        other,
        () -> {
          if (onFlush) {
            session.closeOnFlush();
          } else {
            session.closeNow();
          }
          handler.seeReason(session);
        });
  }

  void drain() {
    mayEndBy(EndReason.DRAIN);
    on(some, server.listeners().get(0)::drainSessions);
  }

  void pass(Duration time) {
    reasons.addAll(
        EnumSet.of(
            EndReason.ANSWER_TIMEOUT,
            EndReason.FIRST_FRAME_TIMEOUT,
            EndReason.FRAME_TIMEOUT,
            EndReason.IDLE_TIMEOUT,
            EndReason.SLOW_READER));
    on(some, () -> clock.advance(time));
  }

  /** Waits until all steps are over, and the session's loop has processed them. */
  void join() {
    steps.forEach(CompletableFuture::join);
    steps.clear();
    clock.advance(0);
  }

  /** The peer reads and ends its stream, and all answers complete; checks the result. */
  void end() {
    join();
    handler.completeAll();
    peer.setReading(true);
    peer.halfClose();
    clock.advanceUntil("sessionClosed", 10, () -> handler.closed.getCount() == 0);
    on(handlers, () -> {}); // its writes are done then
    join();
    for (Pushed pushed : handler.pushed) {
      Await.until(pushed.text(), () -> pushed.future().isDone() && pushed.notified().get() == 1);
    }
    Servers.awaitNobody(server);
    Await.until("nothing in flight", () -> InFlight.of(session).count() == 0);
    assertThat(Servers.admission(server).connections()).as("connections").isZero();
    assertThat(Servers.loops(server).outboundBytes()).as("outbound bytes").isZero();
    boolean isWhole = peer.awaitEnd();
    server.close();
    checkEvents();
    checkReason();
    checkAnswers(isWhole);
    checkPushes(isWhole);
    checkLog();
  }

  private void checkEvents() {
    List<String> events = handler.events();
    assertThat(events).startsWith("created").endsWith("closed").containsOnlyOnce("created");
    assertThat(events).containsOnlyOnce("opened").containsOnlyOnce("closed");
    assertThat(events.subList(0, events.indexOf("opened"))).containsExactly("created");
    assertThat(SessionLifecycle.of(session).phase()).isEqualTo(SessionLifecycle.Phase.CLOSED);
  }

  private void checkReason() {
    assertThat(handler.reasons()).containsExactly(Sessions.endReason(session));
    assertThat(reasons).contains(Sessions.endReason(session));
  }

  private static boolean isNumber(String line) {
    return Character.isDigit(line.charAt(0));
  }

  private static List<String> answers(Sent request) {
    String number = String.valueOf(request.number());
    return switch (request.kind()) {
      case NONE, THROW -> List.of();
      case LONG -> List.of(number + RecordingHandler.LONG_TEXT);
      case TWO -> List.of(number, "second of " + number);
      default -> List.of(number);
    };
  }

  /**
   * Returns all possible answers; the peer may get only a part of them if the session ends early.
   */
  private List<String> possibleAnswers() {
    List<String> all = new ArrayList<>();
    for (Sent request : peer.sent()) {
      all.addAll(answers(request));
      if (setup.inOrder && request.kind().isEnd()) {
        return all;
      }
    }
    return all;
  }

  private void checkAnswers(boolean isWhole) {
    List<String> answers =
        peer.lines().stream().filter(line -> isNumber(line) || line.startsWith("second")).toList();
    List<String> possible = possibleAnswers();
    if (setup.inOrder) {
      int count = Math.min(answers.size(), possible.size());
      assertThat(answers).as("answers").isEqualTo(possible.subList(0, count));
    } else {
      assertThat(answers).doesNotHaveDuplicates().isSubsetOf(possible);
    }
    if (reasons.equals(EnumSet.of(EndReason.PEER))) {
      assertThat(isWhole).as("an end of stream").isTrue();
      assertThat(answers).containsExactlyInAnyOrderElementsOf(possible);
    }
  }

  private void checkPushes(boolean isWhole) {
    List<String> lines = peer.lines();
    for (Pushed pushed : handler.pushed) {
      long count = lines.stream().filter(pushed.text()::equals).count();
      boolean isSure = isWhole && pushed.future().isWritten();
      assertThat(count).as(pushed.text()).isBetween(isSure ? 1L : 0L, 1L);
    }
    for (String thread : List.of("pushed by some ", "pushed by other ", "pushed for ")) {
      List<Integer> numbers =
          lines.stream()
              .filter(line -> line.startsWith(thread))
              .map(line -> Integer.valueOf(line.substring(thread.length())))
              .toList();
      assertThat(numbers).as(thread).isSorted();
    }
  }

  private void checkLog() {
    assertThat(logs.atLeast("ERROR"))
        .allMatch(line -> line.contains("session closed: reason=fault source="));
    if (!reasons.contains(EndReason.FAULT)) {
      assertThat(logs.atLeast("ERROR")).isEmpty();
    }
  }

  @Override
  public void close() throws IOException {
    peer.setReading(true);
    peer.close();
    server.close();
    logs.close();
    List.of(peers, some, other, handlers).forEach(ExecutorService::shutdown);
  }

  /** Describes the session for a failure. */
  @Override
  public String toString() {
    return setup
        + ": events "
        + handler.events()
        + ", reasons "
        + handler.reasons()
        + ", received "
        + peer.lines().stream()
            .map(line -> line.substring(0, Math.min(30, line.length())))
            .toList();
  }
}
