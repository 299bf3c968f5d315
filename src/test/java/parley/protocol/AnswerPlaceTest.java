package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.internal.loop.EventLoop;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** Each answer is sent at its frame's place, or not at all. */
class AnswerPlaceTest {

  private static class Failing extends AnswerHandler<String, String> {

    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final Exception failure;
    private final Answer<String> second;

    Failing(Exception failure, Answer<String> second) {
      this.failure = failure;
      this.second = second;
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      if (line.equals("one")) {
        return Answer.later(first);
      }
      first.completeExceptionally(failure);
      return second;
    }

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return cause.getMessage().startsWith("bad")
          ? Answer.none()
          : Answer.of("ERR " + cause.getMessage());
    }
  }

  /** The end that a refused frame causes waits for pending answers; other ends do not. */
  private static List<Exception> failures() {
    return List.of(new IllegalStateException("a test's failure"), new FrameException("bad frame"));
  }

  private static Stream<Arguments> secondAnswers() {
    List<Answer<String>> all =
        List.of(
            Answer.of("answer to two"),
            Answer.later(CompletableFuture.completedFuture("answer to two")),
            Answer.decidedLater(CompletableFuture.completedFuture(Answer.last("answer to two"))),
            Answer.last("answer to two"),
            Answer.several(List.of("answer", "to two")),
            Answer.lastOf(List.of("answer", "to two")));
    return failures().stream()
        .flatMap(
            failure ->
                IntStream.rangeClosed(0, 4)
                    .boxed()
                    .flatMap(
                        threads -> all.stream().map(each -> Arguments.of(failure, threads, each))));
  }

  @ParameterizedTest
  @MethodSource("secondAnswers")
  void nothingTakesThePlaceOfAFailedAnswer(Exception failure, int threads, Answer<String> second)
      throws Exception {
    try (Server server =
            Servers.with(
                Servers.lineProtocol(new Failing(failure, second)),
                listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("one\ntwo\n").rest()).isEmpty();
    }
  }

  private static Stream<Arguments> failuresByThreads() {
    return failures().stream()
        .flatMap(failure -> Stream.of(Arguments.of(failure, 0), Arguments.of(failure, 1)));
  }

  /** The second line is too long: the refusal belongs to that line, too. */
  @ParameterizedTest
  @MethodSource("failuresByThreads")
  void aRefusalDoesNotTakeThePlaceOfAFailedAnswer(Exception failure, int threads) throws Exception {
    CountDownLatch one = new CountDownLatch(1);
    Failing handler =
        new Failing(failure, Answer.none()) {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            one.countDown();
            return super.answer(session, line);
          }
        };
    LineCodecFactory shortLines = new LineCodecFactory(StandardCharsets.UTF_8, 9);
    try (Server server =
            Servers.with(
                Protocol.of("short", shortLines, handler),
                listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      peer.send("one\n");
      one.await();
      EventLoop.onLoopOf(
          Servers.session(server),
          () -> {
            handler.first.completeExceptionally(failure);
            peer.sendUnchecked("two is too long\n"); // read in the next round
          });
      assertThat(peer.rest()).isEmpty();
    }
  }

  /**
   * One thread completes the answer under a filter's lock, which another thread needs to write it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noAnswerIsWrittenUnderALock(boolean below) throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    CountDownLatch writing = new CountDownLatch(1);
    IoFilterAdapter locking =
        new IoFilterAdapter() {
          @Override
          public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
            writing.countDown();
            lock.lock();
            try {
              next.filterWrite(session, request);
            } finally {
              lock.unlock();
            }
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(
                AnswerHandler.<String, String>later(line -> line.equals("a") ? first : second)),
            (chain, side) -> {
              if (below) {
                chain.addBefore(FilterNames.CODEC, "locking", locking);
              } else {
                chain.addAfter(FilterNames.CODEC, "locking", locking);
              }
            });
    try (Server server = Servers.of(protocol);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\n").halfClose();
      Servers.awaitRounds(Servers.session(server));
      lock.lock();
      Thread other = new Thread(() -> first.complete("one"));
      try {
        other.start();
        writing.await();
        second.complete("two");
      } finally {
        lock.unlock();
      }
      assertThat(peer.rest()).isEqualTo("one\ntwo\n");
      other.join();
    }
  }

  /** An encoder with a state of its own, which takes time to encode an answer. */
  private static final class CountingEncoder extends ProtocolEncoderAdapter {
    final AtomicInteger running = new AtomicInteger();
    final List<String> encoded = Collections.synchronizedList(new ArrayList<>());
    volatile boolean twice;

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
      twice |= running.incrementAndGet() > 1;
      if (message.equals("bad")) {
        running.decrementAndGet();
        throw new IllegalArgumentException("bad");
      }
      encoded.add((String) message);
      out.write(IoBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8)));
      running.decrementAndGet();
    }
  }

  static Protocol<String, String> encodedBy(ProtocolEncoder encoder, IoHandler handler) {
    LineCodecFactory lines = new LineCodecFactory();
    ProtocolCodecFactory codec =
        new ProtocolCodecFactory() {
          @Override
          public ProtocolEncoder getEncoder(IoSession session) {
            return encoder;
          }

          @Override
          public ProtocolDecoder getDecoder(IoSession session) {
            return lines.getDecoder(session);
          }
        };
    return Protocol.withHandler("counting", Codec.of(codec, String.class), handler);
  }

  @Test
  void anEncoderNeverRunsTwiceAtOnce() throws Exception {
    CountingEncoder encoder = new CountingEncoder();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write("answer");
          }
        };
    try (Server server = Servers.of(encodedBy(encoder, handler));
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        String name = "t" + thread;
        threads.add(
            new Thread(
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    session.write(name + i);
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (int i = 0; i < 1000; i++) {
        peer.send("x\n");
      }
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 9000; i++) {
        lines.add(peer.line());
      }
      assertThat(encoder.twice).isFalse();
      assertThat(lines).isEqualTo(encoder.encoded);
      WriteFuture bad = session.write("bad");
      assertThat(bad.awaitUninterruptibly().getException()).hasMessageContaining("bad");
    }
  }

  /** Another thread pushes while the first of two messages is encoded. */
  @ParameterizedTest
  @CsvSource({"now,true", "now,false", "later,true", "later,false"})
  void nothingIsSentBetweenSeveralMessages(String line, boolean encodedByMina) throws Exception {
    Answer<String> answer = Answer.several(List.of("a", "b"));
    CompletableFuture<Answer<String>> later = new CompletableFuture<>();
    AtomicReference<IoSession> its = new AtomicReference<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, frame) -> {
              its.set(session);
              return frame.equals("now") ? answer : Answer.decidedLater(later);
            });
    UnaryOperator<String> pushing =
        message -> {
          if (message.equals("a")) {
            CompletableFuture.runAsync(() -> its.get().write("pushed")).join();
          }
          return message;
        };
    ProtocolEncoderAdapter encoder =
        new ProtocolEncoderAdapter() {
          @Override
          public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
            String sent = pushing.apply((String) message) + "\n";
            out.write(IoBuffer.wrap(sent.getBytes(StandardCharsets.UTF_8)));
          }
        };
    Protocol<String, String> protocol =
        encodedByMina
            ? encodedBy(encoder, handler)
            : Protocol.of(
                "pushing",
                new MappedCodecFactory<>(new LineCodecFactory(), (String read) -> read, pushing),
                handler);
    try (Server server = Servers.of(protocol);
        Peer peer = Servers.peer(server)) {
      peer.send(line + "\n");
      Servers.awaitRounds(Servers.session(server));
      later.complete(answer);
      assertThat(peer.halfClose().rest()).isEqualTo("a\nb\npushed\n");
    }
  }

  @Test
  void severalMessagesFormOneAnswer() throws Exception {
    BiFunction<IoSession, String, Answer<String>> answer =
        (session, line) ->
            switch (line) {
              case "two" -> Answer.several(List.of("a", "b"));
              case "later" ->
                  Answer.decidedLater(
                      CompletableFuture.supplyAsync(() -> Answer.several(List.of("c", "d"))));
              case "none" -> Answer.several(List.of());
              case "end" -> Answer.end();
              case "null" -> Answer.lastLater(CompletableFuture.completedFuture(null));
              default -> Answer.of(line);
            };
    for (String end : List.of("end", "null")) {
      for (int threads : new int[] {0, 2}) {
        try (Server server =
                Servers.with(
                    Servers.lineProtocol(AnswerHandler.deciding(answer)),
                    listener -> listener.executorThreads(threads));
            Peer peer = Servers.peer(server)) {
          peer.send("two\nlater\nx\nnone\ntwo\n" + end + "\nnot\n");
          assertThat(peer.rest()).isEqualTo("a\nb\nc\nd\nx\na\nb\n");
        }
      }
    }
  }

  /** One write of 64 KiB of line feeds caused 65,536 pending answers. */
  @Test
  void framesBeyondTheLimitOfPendingAnswersWaitUndecoded() throws Exception {
    List<CompletableFuture<String>> pending = Collections.synchronizedList(new ArrayList<>());
    AnswerHandler<String, String> handler =
        AnswerHandler.later(
            line -> {
              CompletableFuture<String> answer = new CompletableFuture<>();
              pending.add(answer);
              return answer;
            });
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener -> listener.limit(Limits.FRAMES_PER_TURN, 1_000_000));
        Peer peer = Servers.peer(server)) {
      int lines = 64 * 1024;
      peer.send("\n".repeat(lines)).halfClose();
      IoSession session = Servers.session(server);
      int answered = 0;
      while (answered < lines) {
        Servers.awaitRounds(session);
        List<CompletableFuture<String>> now = List.copyOf(pending);
        assertThat(now.size() - answered).isLessThanOrEqualTo(AnswerHandler.MAX_PENDING);
        now.subList(answered, now.size()).forEach(each -> each.complete("x"));
        answered = now.size();
      }
      assertThat(peer.rest()).isEqualTo("x\n".repeat(lines));
    }
  }

  /**
   * MINA's loops write beside other threads: an immediate answer must not overtake an earlier one.
   */
  @Test
  void answersKeepTheirOrderOnTheLoopsOfMina() throws Exception {
    CountDownLatch isPlaced = new CountDownLatch(1);
    CountDownLatch isWriting = new CountDownLatch(1);
    CountDownLatch secondIsHandled = new CountDownLatch(1);
    CompletableFuture<String> first =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            CompletableFuture<String> when = super.whenComplete(action);
            isPlaced.countDown();
            return when;
          }
        };
    IoFilterAdapter slow =
        new IoFilterAdapter() {
          @Override
          public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
            if (request.getMessage().equals("one")) {
              isWriting.countDown();
              Servers.await(secondIsHandled);
            }
            next.filterWrite(session, request);
          }
        };
    NioSocketAcceptor acceptor = new NioSocketAcceptor(1);
    acceptor.getFilterChain().addLast("codec", new ProtocolCodecFilter(new TextLineCodecFactory()));
    acceptor.getFilterChain().addLast("slow", slow);
    acceptor
        .getFilterChain()
        .addLast(
            "handled",
            new IoFilterAdapter() {
              @Override
              public void messageReceived(NextFilter next, IoSession session, Object message) {
                next.messageReceived(session, message);
                if (message.equals("2")) {
                  secondIsHandled.countDown();
                }
              }
            });
    acceptor.setHandler(
        AnswerHandler.<String, String>deciding(
            (session, line) -> line.equals("1") ? Answer.later(first) : Answer.of("two")));
    acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (Peer peer = Peer.connect(acceptor.getLocalAddress())) {
      peer.send("1\n");
      isPlaced.await();
      CompletableFuture<Boolean> completing =
          CompletableFuture.supplyAsync(() -> first.complete("one"));
      isWriting.await();
      peer.send("2\n");
      assertThat(peer.line() + peer.line()).isEqualTo("onetwo");
      completing.join();
    } finally {
      acceptor.dispose();
    }
  }
}
