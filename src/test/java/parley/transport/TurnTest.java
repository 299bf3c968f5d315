package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.Logs;
import parley.Peer;
import parley.Servers;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.codec.FrameEncoder;
import parley.codec.LengthFieldCodecFactory;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** What is written while a read is handled: its order, its ends, and whom it may not reach. */
class TurnTest {

  private static final String LONG = "x".repeat(20_000);

  /** A handler of lines from one function. */
  private static IoHandler onLine(BiConsumer<IoSession, String> then) {
    return new IoHandlerAdapter() {
      @Override
      public void messageReceived(IoSession session, Object line) {
        then.accept(session, (String) line);
      }
    };
  }

  private static Server serve(IoHandler handler) throws Exception {
    return serve(Servers.lineProtocol(handler));
  }

  private static Server serve(Protocol protocol) throws Exception {
    return Servers.of(protocol, config -> config.eventLoops(1));
  }

  private static Protocol protocol(ProtocolCodecFactory codec, IoHandler handler) {
    return new Protocol() {
      @Override
      public String name() {
        return "of-the-turn-test";
      }

      @Override
      public ProtocolCodecFactory codec(Settings settings, Side side) {
        return codec;
      }

      @Override
      public IoHandler handler(Settings settings) {
        return handler;
      }
    };
  }

  /** Done by another thread, and over before this returns: it happens before what follows. */
  private static void onAnotherThread(Runnable action) {
    Thread thread = new Thread(action);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a handler may write. */
  enum Kind {
    LINE,
    LONG_LINE,
    BYTES,
    LONG_BYTES,
    FILE
  }

  private static Object message(Kind kind, Path folder) {
    try {
      return switch (kind) {
        case LINE -> "three";
        case LONG_LINE -> LONG;
        case BYTES -> IoBuffer.wrap("three\n".getBytes(StandardCharsets.UTF_8));
        case LONG_BYTES -> IoBuffer.wrap((LONG + "\n").getBytes(StandardCharsets.UTF_8));
        case FILE -> Files.writeString(folder.resolve("file"), "three\n").toFile();
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Kind kind) {
    return kind == Kind.LONG_LINE || kind == Kind.LONG_BYTES ? LONG : "three";
  }

  @ParameterizedTest
  @EnumSource
  void whatAnotherThreadHasWrittenComesBeforeWhatIsWrittenAfterIt(Kind kind, @TempDir Path folder)
      throws Exception {
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("one");
              onAnotherThread(() -> session.write("two"));
              session.write(message(kind, folder));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n").halfClose();
      assertThat(peer.rest()).isEqualTo("one\ntwo\n" + line(kind) + "\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTheHandlerHasWrittenComesBeforeWhatAnotherThreadWritesAfterIt(
      Kind kind, @TempDir Path folder) throws Exception {
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write(message(kind, folder));
              onAnotherThread(() -> session.write("two"));
              session.write("one");
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n").halfClose();
      assertThat(peer.rest()).isEqualTo(line(kind) + "\ntwo\none\n");
    }
  }

  @Test
  void aCloseOnFlushLosesNothingThatAnotherThreadHadWrittenBefore() throws Exception {
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("one");
              onAnotherThread(() -> session.write("two"));
              session.closeOnFlush();
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("go\n").rest()).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void aCloseOnFlushOfAnotherThreadLosesNothingThatWasWrittenBefore() throws Exception {
    CompletableFuture<WriteFuture> late = new CompletableFuture<>();
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("one");
              onAnotherThread(
                  () -> {
                    session.write("two");
                    session.closeOnFlush();
                  });
              late.complete(session.write("too late"));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("go\n").rest()).isEqualTo("one\ntwo\n");
      assertThat(late.join().awaitUninterruptibly().isWritten()).isFalse();
    }
  }

  @Test
  void aLateAnswerKeepsItsPlaceBeforeALongOneThatIsThereAtOnce() throws Exception {
    CompletableFuture<Object> later = new CompletableFuture<>();
    IoHandler handler =
        AnswerHandler.<String>of(
            (session, line) -> {
              if (line.equals("later")) {
                return later;
              }
              onAnotherThread(() -> later.complete("later"));
              return message(Kind.LONG_BYTES, Path.of(""));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("later\nnow\n").halfClose();
      assertThat(peer.rest()).isEqualTo("later\n" + LONG + "\n");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesOfEveryKindKeepTheirOrder(boolean answers, @TempDir Path folder) throws Exception {
    IoHandler handler =
        answers
            ? AnswerHandler.<String>of((session, kind) -> message(Kind.valueOf(kind), folder))
            : onLine((session, kind) -> session.write(message(Kind.valueOf(kind), folder)));
    StringBuilder requests = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (Kind first : Kind.values()) {
      for (Kind second : Kind.values()) {
        requests.append(first).append('\n').append(second).append('\n');
        expected.append(line(first)).append('\n').append(line(second)).append('\n');
      }
    }
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send(requests.toString()).bytes(expected.length()))
          .isEqualTo(expected.toString().getBytes(StandardCharsets.UTF_8));
      assertAllIsSent(Servers.session(server), 50);
    }
  }

  /** A buffer that answers each request, as a constant may. */
  @ParameterizedTest
  @ValueSource(ints = {10, 20_000})
  void theSameBufferAnswersManyRequests(int length) throws Exception {
    String text = "x".repeat(length);
    IoBuffer constant = IoBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    IoHandler told =
        new AnswerHandler<String>() {
          @Override
          protected Object answer(IoSession session, String line) {
            return constant;
          }

          @Override
          public void messageSent(IoSession session, Object message) {}
        };
    for (IoHandler handler : List.of(told, AnswerHandler.<String>of((session, line) -> constant))) {
      try (Server server = serve(handler);
          Peer peer = Servers.peer(server)) {
        peer.send("a\nb\nc\n").halfClose();
        assertThat(peer.rest()).isEqualTo(text.repeat(3));
      }
    }
  }

  /** Of each request the handler's answer, then that of the thread which it hands it to. */
  @Test
  void orderIsKeptBetweenAHandlerAndTheThreadThatItHandsWorkTo() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("a" + line);
              InFlight.of(session).enter();
              worker.execute(
                  () -> {
                    session.write("b" + line);
                    InFlight.of(session).leave();
                  });
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      int requests = 20_000;
      StringBuilder sent = new StringBuilder();
      for (int i = 0; i < requests; i++) {
        sent.append(i).append('\n');
      }
      Thread sending = new Thread(() -> send(peer, sent.toString()));
      sending.start();
      int nextA = 0;
      int nextB = 0;
      for (int i = 0; i < 2 * requests; i++) {
        String line = peer.line();
        if (line.startsWith("a")) {
          assertThat(line).isEqualTo("a" + nextA++);
        } else {
          assertThat(line).isEqualTo("b" + nextB++);
          assertThat(nextB).isLessThanOrEqualTo(nextA);
        }
      }
      sending.join();
      assertThat(peer.rest()).isEmpty();
    }
    worker.shutdown();
  }

  private static void send(Peer peer, String text) {
    try {
      peer.send(text).halfClose();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String numbers(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(i).append('\n');
    }
    return lines.toString();
  }

  /** While the peer's requests open and end one turn after the other. */
  @Test
  void threadsThatWriteAllTheTimeKeepTheirOrderAndLoseNothing() throws Exception {
    int lines = 20_000;
    IoHandler handler = onLine((session, line) -> session.write("a" + line));
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("-1\n").line()).isEqualTo("a-1");
      IoSession session = Servers.session(server);
      List<Thread> threads = new ArrayList<>();
      for (String name : List.of("b", "c")) {
        threads.add(
            new Thread(
                () -> {
                  for (int i = 0; i < lines; i++) {
                    session.write(name + i);
                  }
                }));
      }
      threads.add(new Thread(() -> sendOneByOne(peer, lines)));
      threads.forEach(Thread::start);
      Map<Character, Integer> next = new HashMap<>();
      for (int i = 0; i < 3 * lines; i++) {
        String line = peer.line();
        int number = next.merge(line.charAt(0), 1, Integer::sum) - 1;
        assertThat(line.substring(1)).isEqualTo("" + number);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(next).isEqualTo(Map.of('a', lines, 'b', lines, 'c', lines));
      assertAllIsSent(session, 3 * lines + 1);
    }
  }

  private static void sendOneByOne(Peer peer, int lines) {
    try {
      for (int i = 0; i < lines; i++) {
        peer.send(i + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** At a moment that is another one each time: before a turn, in it, after it. */
  @Test
  void whateverAThreadWroteBeforeItClosesArrives() throws Exception {
    ConcurrentLinkedQueue<String> missing = new ConcurrentLinkedQueue<>();
    BlockingQueue<IoSession> sessions = new LinkedBlockingQueue<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            sessions.add(session);
          }

          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }
        };
    try (Server server = serve(handler)) {
      for (int round = 0; round < 300; round++) {
        try (Peer peer = Servers.peer(server)) {
          IoSession session = sessions.take();
          Thread asking = new Thread(() -> sendUntilItEnds(peer));
          asking.start();
          for (int i = 0; i < round % 30; i++) {
            Thread.onSpinWait();
          }
          for (int i = 0; i < 10; i++) {
            session.write("mine " + i);
          }
          session.closeOnFlush();
          String all = peer.rest();
          for (int i = 0; i < 10; i++) {
            if (!all.contains("mine " + i + "\n")) {
              missing.add(round + ": " + i);
            }
          }
          peer.close();
          asking.join();
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static void sendUntilItEnds(Peer peer) {
    try {
      while (true) {
        peer.send("a\nb\nc\n");
      }
    } catch (IOException ended) {
      // by the server
    }
  }

  @Test
  void futuresAndMessageSentComeTrueOnceAndInOrder() throws Exception {
    List<String> written = new ArrayList<>();
    List<String> told = new ArrayList<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            WriteFuture future = session.write(line);
            future.addListener(done -> written.add(future.isWritten() ? (String) line : "failed"));
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            told.add((String) message);
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
      assertThat(String.join("\n", written) + "\n").isEqualTo(numbers(1000));
      assertThat(told).isEqualTo(written);
    }
  }

  @Test
  void anAnswerHandlerThatAsksForItIsToldOfEachAnswerOnceAndInOrder() throws Exception {
    List<Object> told = new ArrayList<>();
    IoHandler handler =
        new AnswerHandler<String>() {
          @Override
          protected Object answer(IoSession session, String line) {
            return line;
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            told.add(message);
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
      assertThat(told).hasSize(1000).startsWith("0", "1").endsWith("999");
    }
  }

  @Test
  void answersWithoutARequestAreCountedToo() throws Exception {
    try (Server server = serve(AnswerHandler.<String>of((session, line) -> line));
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
    }
  }

  /** As many bytes as were asked. */
  private static String ask(Peer peer, String text) throws IOException {
    return new String(peer.send(text).bytes(text.length()), StandardCharsets.UTF_8);
  }

  /** Of a session that is open: MINA sets the counters of a closed one to zero. */
  private static void assertAllIsSent(IoSession session, int messages) {
    FlusherTest.awaitTheTurnsEnd(session);
    assertThat(session.getWrittenMessages()).isEqualTo(messages);
    assertThat(session.getScheduledWriteMessages()).isZero();
    assertThat(session.getScheduledWriteBytes()).isZero();
    assertThat(InFlight.of(session).count()).isZero();
  }

  @Test
  void aWriteInsideMessageSentAndInsideAListenerIsSent() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line).addListener(done -> session.write("listener " + line));
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (!message.toString().contains(" ")) {
              session.write("sent " + message);
            }
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(1000)).halfClose();
      List<String> lines = List.of(peer.rest().split("\n"));
      assertThat(lines).hasSize(3000);
      for (String prefix : List.of("", "sent ", "listener ")) {
        assertThat(lines.stream().filter(line -> line.matches(prefix + "\\d+")))
            .hasSize(1000)
            .startsWith(prefix + "0")
            .endsWith(prefix + "999");
      }
    }
  }

  @Test
  void aWriteInsideInputClosedIsSent() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }

          @Override
          public void inputClosed(IoSession session) {
            session.write("goodbye");
            session.closeOnFlush();
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb").halfClose();
      assertThat(peer.rest()).isEqualTo("a\nb\ngoodbye\n");
    }
  }

  @Test
  void aMessageToASessionOfTheSameLoopAndOfAnotherArrives() throws Exception {
    for (int loops = 1; loops <= 3; loops++) {
      BlockingQueue<IoSession> members = new LinkedBlockingQueue<>();
      IoHandler handler =
          new IoHandlerAdapter() {
            @Override
            public void messageReceived(IoSession session, Object line) {
              if (line.equals("join")) {
                members.add(session);
                session.write("joined");
              } else {
                members.forEach(member -> member.write(line));
              }
            }
          };
      int count = loops;
      try (Server server =
              Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(count));
          Peer one = Servers.peer(server);
          Peer two = Servers.peer(server);
          Peer three = Servers.peer(server)) {
        for (Peer peer : List.of(one, two, three)) {
          assertThat(peer.send("join\n").line()).isEqualTo("joined");
        }
        String talk = numbers(2000);
        one.send(talk);
        for (Peer peer : List.of(one, two, three)) {
          assertThat(new String(peer.bytes(talk.length()), StandardCharsets.UTF_8)).isEqualTo(talk);
        }
      }
    }
  }

  /** From inside the turn and from another thread in the middle of it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterCloseNowEveryFutureCompletesAndTheSessionEnds(boolean fromOutside) throws Exception {
    ConcurrentLinkedQueue<WriteFuture> futures = new ConcurrentLinkedQueue<>();
    IoHandler handler =
        onLine(
            (session, line) -> {
              futures.add(session.write("one"));
              onAnotherThread(() -> futures.add(session.write("two")));
              if (fromOutside) {
                onAnotherThread(session::closeNow);
              } else {
                session.closeNow();
              }
              futures.add(session.write("three"));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nb\n").rest()).isEmpty();
      while (server.eventLoops().sessionCount() > 0) {
        Thread.onSpinWait();
      }
      assertThat(futures)
          .hasSize(3)
          .allMatch(WriteFuture::isDone)
          .noneMatch(WriteFuture::isWritten);
    }
  }

  /** A plug-in whose class does not fit: not even an Error there may hold the loop's turn. */
  @Test
  void anErrorOfACodecFactoryLeavesTheTurnToTheNextSession() throws Exception {
    AtomicBoolean failed = new AtomicBoolean();
    LineCodecFactory lines = new LineCodecFactory();
    ProtocolCodecFactory failingOnce =
        new ProtocolCodecFactory() {
          @Override
          public ProtocolEncoder getEncoder(IoSession session) {
            if (failed.compareAndSet(false, true)) {
              throw new NoClassDefFoundError("of the encoder");
            }
            return lines.getEncoder(session);
          }

          @Override
          public ProtocolDecoder getDecoder(IoSession session) {
            return lines.getDecoder(session);
          }
        };
    IoHandler handler =
        AnswerHandler.<String>of((session, line) -> Turn.of(session) == null ? "no turn" : line);
    try (Server server = serve(protocol(failingOnce, handler));
        Logs logs = Logs.capture()) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").rest()).isEmpty();
      }
      try (Peer next = Servers.peer(server)) {
        assertThat(next.send("b\n").line()).isEqualTo("b");
      }
      assertThat(logs.atLeast("ERROR")).hasSize(1);
    }
  }

  /** An encoder that sets the byte order, as that of a little-endian protocol does. */
  @Test
  void whatAnEncoderSetsOnItsBufferIsNeverThereForAnother() throws Exception {
    FrameEncoder<byte[]> little =
        (frame, out) -> out.order(ByteOrder.LITTLE_ENDIAN).putInt(1).setAutoExpand(false);
    FrameEncoder<byte[]> plain = (frame, out) -> out.putInt(1).put(new byte[100_000]);
    IoHandler echo = AnswerHandler.<byte[]>of((session, frame) -> frame);
    ListenerConfig first =
        ListenerConfig.builder("little", Servers.FREE, protocol(ones(little), echo)).build();
    ListenerConfig second =
        ListenerConfig.builder("plain", Servers.FREE, protocol(ones(plain), echo)).build();
    ServerConfig config =
        ServerConfig.builder().listener(first).listener(second).eventLoops(1).build();
    try (Server server = new Server(config).start();
        Peer peer = Peer.connect(server.listeners().get(0).endpoint());
        Peer other = Peer.connect(server.listeners().get(1).endpoint())) {
      assertThat(peer.send("x").bytes(4)).containsExactly(1, 0, 0, 0);
      assertThat(other.send("x").bytes(4)).containsExactly(0, 0, 0, 1);
      assertThat(other.bytes(100_000)).hasSize(100_000);
    }
  }

  private static final class Ones extends FrameDecoder {

    Ones() {
      super(1);
    }

    @Override
    protected Object readFrame(IoBuffer in) {
      return new byte[] {in.get()};
    }
  }

  /** Frames of one byte. */
  private static ProtocolCodecFactory ones(FrameEncoder<byte[]> encoder) {
    return new FrameCodecFactory(Ones::new, encoder);
  }

  @Test
  void anEncoderThatClosesItsSessionSendsNoHalfMessage() throws Exception {
    List<IoSession> sessions = new ArrayList<>();
    FrameEncoder<byte[]> closing =
        (frame, out) -> {
          out.put(frame);
          if (frame[0] == 'c') {
            sessions.get(0).closeOnFlush();
            out.put(frame);
          }
        };
    IoHandler handler =
        AnswerHandler.<byte[]>of(
            (session, frame) -> {
              sessions.add(session);
              return frame;
            });
    try (Server server = serve(protocol(ones(closing), handler));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("abc").rest()).isEqualTo("ab");
    }
  }

  @Test
  void anErrorOfAFilterBelowLosesNoWriteOfAnotherThread() throws Exception {
    ConcurrentLinkedQueue<WriteFuture> futures = new ConcurrentLinkedQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session
                .getFilterChain()
                .addBefore(
                    "codec",
                    "failing",
                    new IoFilterAdapter() {
                      @Override
                      public void filterWrite(NextFilter next, IoSession of, WriteRequest request) {
                        throw new AssertionError("of a filter");
                      }
                    });
            onAnotherThread(
                () -> {
                  for (int i = 0; i < 3; i++) {
                    futures.add(session.write("a"));
                  }
                });
            futures.add(session.write("b"));
          }

          @Override
          public void sessionClosed(IoSession session) {
            closed.countDown();
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("go\n").rest()).isEmpty();
      peer.close();
      closed.await();
      assertThat(futures).hasSize(4);
      for (WriteFuture future : futures) {
        assertThat(future.awaitUninterruptibly().isWritten()).isFalse();
      }
    }
  }

  @Test
  void framesOfALengthAreAnsweredInOrderToo() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(frame);
          }
        };
    IoBuffer frames = IoBuffer.allocate(100).setAutoExpand(true);
    for (int i = 0; i < 5000; i++) {
      frames.putShort((short) 4).putInt(i);
    }
    byte[] bytes = new byte[frames.position()];
    frames.flip().get(bytes);
    for (IoHandler each : List.of(handler, AnswerHandler.<byte[]>of((s, frame) -> frame))) {
      try (Server server = serve(protocol(new LengthFieldCodecFactory(2), each));
          Peer peer = Servers.peer(server)) {
        peer.send(bytes).halfClose();
        assertThat(peer.bytes()).isEqualTo(bytes);
      }
    }
  }
}
