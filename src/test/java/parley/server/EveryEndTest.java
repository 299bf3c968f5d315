package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import parley.codec.FrameException;
import parley.internal.loop.SessionLifecycle;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Sessions;
import parley.session.EndReason;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * A session ends once, for any cause and in any order of calls from several threads. It has one
 * sessionClosed and one reason, gives its place back once, and every future completes. Nothing
 * follows the end.
 */
class EveryEndTest {

  private static final int THREADS = 3;

  /** An action on a session, by its peer or by this side. */
  enum Action {
    A_LINE,
    A_LATER_LINE,
    A_LAST_LINE,
    A_FAULT,
    A_BAD_LINE,
    HALF_CLOSE,
    RESET,
    PUSH,
    CLOSE_NOW,
    CLOSE_ON_FLUSH,
    DRAIN
  }

  /** Counts its events. */
  private static final class Counting extends AnswerHandler<String, String> {

    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger afterwards = new AtomicInteger();
    final CountDownLatch end = new CountDownLatch(1);

    private void isEvent() {
      if (closed.get() > 0) {
        afterwards.incrementAndGet();
      }
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      isEvent();
      return switch (line) {
        case "later" -> Answer.later(CompletableFuture.supplyAsync(() -> line, Pace.after(1)));
        case "last" -> Answer.last(line);
        case "fault" -> throw new IllegalStateException("a test's failure");
        default -> Answer.of(line);
      };
    }

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR");
    }

    @Override
    public void inputClosed(IoSession session) throws Exception {
      isEvent();
      super.inputClosed(session);
    }

    @Override
    public void sessionIdle(IoSession session, IdleStatus status) {
      isEvent();
    }

    @Override
    public void event(IoSession session, FilterEvent event) {
      isEvent();
    }

    @Override
    public void sessionClosed(IoSession session) {
      closed.incrementAndGet();
      end.countDown();
    }
  }

  @Property(tries = 120)
  void aSessionEndsOnce(
      @ForAll @Size(max = 8) List<Action> actions, @ForAll @IntRange(min = 0, max = 1) int threads)
      throws Exception {
    Counting handler = new Counting();
    List<WriteFuture> futures = new ArrayList<>();
    IoSession session;
    try (Server server =
        Servers.with(
            Servers.lineProtocol(handler),
            listener ->
                listener
                    .executorThreads(threads)
                    .limit(Limits.ANSWER_TIMEOUT, Duration.ofSeconds(10)))) {
      try (Peer peer = Servers.peer(server)) {
        session = Servers.session(server);
        futures.addAll(run(actions, server, session, peer));
      } // the peer ends the session, if nothing else has ended it
      handler.end.await();
      for (WriteFuture future : futures) {
        future.awaitUninterruptibly();
      }
      Servers.awaitNobody(server);
      assertThat(Servers.admission(server).connections()).isZero();
      assertThat(Servers.loops(server).outboundBytes()).isZero();
    }
    assertThat(handler.closed).hasValue(1);
    assertThat(handler.afterwards).hasValue(0);
    assertThat(SessionLifecycle.of(session).phase()).isEqualTo(SessionLifecycle.Phase.CLOSED);
    assertThat(Sessions.endReason(session)).isNotNull();
    if (actions.isEmpty()) {
      assertThat(Sessions.endReason(session)).isEqualTo(EndReason.PEER);
    }
  }

  /** Each thread runs its share of the actions, in their order. */
  private static List<WriteFuture> run(
      List<Action> actions, Server server, IoSession session, Peer peer) throws Exception {
    ConcurrentLinkedQueue<WriteFuture> futures = new ConcurrentLinkedQueue<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                Servers.await(start);
                for (int at = number; at < actions.size(); at += THREADS) {
                  act(actions.get(at), server, session, peer, futures);
                }
              });
      all.add(thread);
      thread.start();
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    return new ArrayList<>(futures);
  }

  private static void act(
      Action action,
      Server server,
      IoSession session,
      Peer peer,
      ConcurrentLinkedQueue<WriteFuture> futures) {
    try {
      switch (action) {
        case A_LINE -> peer.send("line\n");
        case A_LATER_LINE -> peer.send("later\n");
        case A_LAST_LINE -> peer.send("last\n");
        case A_FAULT -> peer.send("fault\n");
        case A_BAD_LINE -> peer.send(new byte[] {(byte) 0xff, '\n'});
        case HALF_CLOSE -> peer.halfClose();
        case RESET -> peer.reset();
        case PUSH -> futures.add(session.write("pushed"));
        case CLOSE_NOW -> session.closeNow();
        case CLOSE_ON_FLUSH -> session.closeOnFlush();
        case DRAIN -> server.listeners().get(0).drainSessions();
      }
    } catch (IOException gone) {
      // another action has ended the connection
    }
  }
}
