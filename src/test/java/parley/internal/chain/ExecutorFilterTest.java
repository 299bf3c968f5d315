package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Peer.numbers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.codec.FrameException;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.SessionState;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.DrainResult;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Echo;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A handler on threads of its own may block without losing anything. */
class ExecutorFilterTest {

  private static Server server(int threads, int queue, IoHandler handler) throws IOException {
    return Servers.onOneLoop(
        Servers.lineProtocol(handler),
        listener -> listener.executorThreads(threads).executorQueue(queue));
  }

  private static Server answering(
      int threads, int queue, BiFunction<IoSession, String, Object> answer) throws IOException {
    return server(threads, queue, AnswerHandler.of(answer));
  }

  /** The handler is not notified of these writes, so none of them waits for the blocked thread. */
  @Test
  void messagesPushedPastABlockedHandlerDoNotPileUp() throws Exception {
    int pushes = 1000;
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    try (Server server =
            answering(
                1,
                64,
                (session, line) -> {
                  handling.countDown();
                  Servers.await(goesOn);
                  return line;
                });
        Peer peer = Servers.peer(server)) {
      peer.send("a\n").halfClose();
      handling.await();
      IoSession session = Servers.session(server);
      for (int i = 0; i < pushes; i++) {
        session.write("" + i);
      }
      for (int i = 0; i < pushes; i++) {
        assertThat(peer.line()).isEqualTo("" + i);
      }
      Servers.awaitRounds(session);
      assertThat(InFlight.of(session).count()).isEqualTo(2); // the frame, and its answer's place
      goesOn.countDown();
      assertThat(peer.rest()).isEqualTo("a\n");
    }
  }

  @Test
  void aHandlerThatBlocksDelaysNoOtherSession() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    try (Server server =
            answering(
                2,
                10,
                (session, line) -> {
                  if (line.equals("block")) {
                    Servers.await(goesOn);
                  }
                  return line;
                });
        Peer blocked = Servers.peer(server);
        Peer other = Servers.peer(server)) {
      blocked.send("block\nbehind\n");
      for (int i = 0; i < 1000; i++) {
        assertThat(other.send("a\n").line()).isEqualTo("a");
      }
      goesOn.countDown();
      assertThat(blocked.line()).isEqualTo("block");
      assertThat(blocked.line()).isEqualTo("behind");
    }
  }

  @Test
  void framesAreHandledInOrderOneAtATimeAndNoneIsLostAtTheEndOfStream() throws Exception {
    Set<IoSession> inside = ConcurrentHashMap.newKeySet();
    AtomicBoolean twoAtOnce = new AtomicBoolean();
    AtomicBoolean onLoop = new AtomicBoolean();
    try (Server server =
        answering(
            4,
            7,
            (session, line) -> {
              twoAtOnce.compareAndSet(false, !inside.add(session));
              EventLoop loop = EventLoop.of(session);
              onLoop.compareAndSet(false, loop.isLoopThread());
              inside.remove(session);
              return line;
            })) {
      List<CompletableFuture<String>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try (Peer peer = Servers.peer(server)) {
                    CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(peer::bytes);
                    peer.send(numbers(10_000)).halfClose();
                    return new String(rest.join(), StandardCharsets.UTF_8);
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }));
      }
      for (CompletableFuture<String> each : all) {
        assertThat(each.join()).isEqualTo(numbers(10_000));
      }
      assertThat(twoAtOnce).isFalse();
      assertThat(onLoop).isFalse();
    }
  }

  @Test
  void waitingFramesAreBoundedAndReadingIsSuspended() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicInteger received = new AtomicInteger();
    try (Server server =
            answering(
                1,
                5,
                (session, line) -> {
                  received.incrementAndGet();
                  Servers.await(goesOn);
                  return line;
                });
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(5000));
      IoSession session = Servers.session(server);
      Await.until("suspended", () -> Input.of(session).isSuspended());
      assertThat(frames(session).delivered()).isLessThanOrEqualTo(6);
      goesOn.countDown();
      peer.halfClose();
      assertThat(peer.rest()).isEqualTo(numbers(5000));
    }
  }

  @Test
  void aDrainAnswersWaitingFramesAndNotifiesTheHandlerOfTheEnd() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            first.countDown();
            Servers.await(goesOn);
            return Answer.of(line);
          }

          @Override
          public void sessionClosed(IoSession session) {
            closed.incrementAndGet();
          }
        };
    try (Server server = server(1, 5, handler);
        Peer peer = Servers.peer(server)) {
      CompletableFuture<byte[]> all = CompletableFuture.supplyAsync(peer::bytes);
      peer.send(numbers(100));
      Servers.await(first);
      CompletableFuture<DrainResult> drained = server.drain();
      goesOn.countDown();
      assertThat(new String(all.join(), StandardCharsets.UTF_8)).isEqualTo(numbers(100));
      peer.close();
      assertThat(drained.get().sessionsCut()).isZero();
      assertThat(closed).hasValue(1);
    }
  }

  /** The peer gets the answers to all earlier frames, then the refusal. */
  @Test
  void framesBeforeAnInvalidOneAreAnswered() throws Exception {
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          protected Answer<String> refusal(IoSession session, FrameException cause) {
            return Answer.of("ERR");
          }
        };
    try (Server server = server(2, 50, handler);
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(40));
      peer.send(new byte[] {(byte) 0xC3, '\n', 'x', '\n'});
      assertThat(peer.rest()).isEqualTo(numbers(40) + "ERR\n");
    }
  }

  @Test
  void afterAFaultAndAfterALastAnswerNothingIsHandled() throws Exception {
    LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
    CyclicBarrier allThere = new CyclicBarrier(2);
    try (Server server =
            answering(
                1,
                50,
                (session, line) -> {
                  handled.add(line);
                  if (line.equals("first")) {
                    pass(allThere);
                  }
                  if (line.equals("throw")) {
                    throw new AssertionError("an Error");
                  }
                  return line.equals("last") ? Answer.last("bye") : Answer.of(line);
                });
        Logs logs = Logs.capture()) {
      for (String end : List.of("throw", "last")) {
        handled.clear();
        try (Peer peer = Servers.peer(server)) {
          peer.send("first\n" + end + "\nbehind\n");
          SessionState.CodecState frames = frames(Servers.session(server));
          Await.until("frames", frames::delivered, count -> count == 3);
          pass(allThere);
          assertThat(peer.rest()).isEqualTo(end.equals("last") ? "first\nbye\n" : "first\n");
        }
        Servers.awaitNobody(server);
        assertThat(handled).containsExactly("first", end);
      }
      assertThat(logs.atLeast("ERROR"))
          .singleElement()
          .asString()
          .contains("{tcp, 127.0.0.1:", "reason=fault");
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The events of any IoHandler come in MINA's order. */
  @Test
  void eventsComeInTheirOrder() throws Exception {
    LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            events.add("opened");
          }

          @Override
          public void messageReceived(IoSession session, Object line) {
            events.add("received");
            session.write(line).awaitUninterruptibly(); // on a loop it would wait for itself
          }

          @Override
          public void messageSent(IoSession session, Object line) {
            events.add("sent");
          }

          @Override
          public void inputClosed(IoSession session) {
            events.add("input closed");
            session.closeNow();
          }

          @Override
          public void sessionClosed(IoSession session) {
            events.add("closed");
            closed.countDown();
          }
        };
    try (Server server = server(1, 5, handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      peer.halfClose();
      closed.await();
      assertThat(events).containsExactly("opened", "received", "sent", "input closed", "closed");
    }
  }

  /** Waits for the frames: a session exists before its chain. */
  private static SessionState.CodecState frames(IoSession session) {
    return Objects.requireNonNull(
        Await.until("a codec", SessionState.of(session)::codec, Objects::nonNull));
  }
}
