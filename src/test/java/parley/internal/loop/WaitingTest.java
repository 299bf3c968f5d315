package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.internal.tls.Certs;
import parley.internal.tls.TlsPeer;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.Sessions;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.session.Watermark;
import parley.testing.Await;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** Outbound data counts by the memory that it takes, in each queue. */
class WaitingTest {

  private static final int MOST = 1 << 20;

  /** The place where small messages are written. */
  enum Where {
    ANOTHER_THREAD,
    EIGHT_THREADS,
    THE_LOOP,
    WHILE_WRITES_ARE_SUSPENDED
  }

  private static Server serve(IoHandlerAdapter handler) throws Exception {
    return serve(Servers.lineProtocol(handler));
  }

  private static Server serve(Protocol<?, ?> protocol) throws Exception {
    return Servers.with(
        protocol,
        listener -> listener.limit(Limits.OUTBOUND_MOST, MOST).limit(Limits.OUTBOUND_HIGH, MOST));
  }

  private static void write(IoSession session, Where where, List<WriteFuture> futures) {
    Runnable writes =
        () -> {
          for (int i = 0; i < 20_000; i++) {
            futures.add(session.write("x"));
            assertThat(Outbound.of(session).waiting()).isLessThan(MOST + 8 * 1000L);
          }
        };
    if (where == Where.WHILE_WRITES_ARE_SUSPENDED) {
      session.suspendWrite();
    }
    if (where == Where.THE_LOOP) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      EventLoop.onLoopOf(
          session,
          () -> {
            writes.run();
            done.complete(null);
          });
      done.join();
      return;
    }
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < (where == Where.EIGHT_THREADS ? 8 : 1); i++) {
      all.add(CompletableFuture.runAsync(writes));
    }
    all.forEach(CompletableFuture::join);
  }

  /** The messages have 40,000 bytes, which took 7 MB. */
  @ParameterizedTest
  @EnumSource
  void aPeerThatNeverReadsIsCutForManySmallMessages(Where where) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionClosed(IoSession session) {
            closed.countDown();
          }
        };
    try (Server server = serve(handler);
        Peer unused = Servers.withLittleRoom(server)) {
      IoSession session = Servers.session(server);
      session.write(IoBuffer.allocate(Servers.MORE_THAN_ITS_ROOM));
      List<WriteFuture> futures = Collections.synchronizedList(new ArrayList<>());
      write(session, where, futures);
      closed.await();
      futures.forEach(WriteFuture::awaitUninterruptibly);
      assertThat(futures).noneMatch(WriteFuture::isWritten);
      assertThat(Servers.loops(server).outboundBytes()).isZero();
    }
  }

  /** The loop is blocked; the writes of other threads meanwhile are still bounded. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theWritesOfOtherThreadsInATurnAreBounded(boolean encrypted) throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<IoSession> its = new CompletableFuture<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            its.complete(session);
            Servers.await(goesOn);
          }
        };
    Protocol<String, String> protocol = Servers.lineProtocol(handler);
    ListenerConfig.Builder listener =
        (encrypted
                ? Certs.listener(protocol)
                : ListenerConfig.builder("test", Servers.FREE, protocol))
            .limit(Limits.OUTBOUND_MOST, MOST)
            .limit(Limits.OUTBOUND_HIGH, MOST);
    try (Server server =
            new Server(ServerConfig.builder().listener(listener.build()).build()).start();
        java.io.Closeable peer = go(server, encrypted)) {
      IoSession session = its.get();
      List<WriteFuture> refused = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        WriteFuture written = session.write("x".repeat(100));
        if (written.isDone()) {
          refused.add(written);
        }
      }
      assertThat(refused).hasSizeBetween(10_000 - MOST / 350, 10_000 - MOST / 600);
      assertThat(refused.stream().map(WriteFuture::getException).collect(Collectors.toSet()))
          .as("one cause, which is shared")
          .hasSize(1);
      goesOn.countDown();
      session.getCloseFuture().await();
    }
  }

  private static java.io.Closeable go(Server server, boolean encrypted) throws Exception {
    return encrypted
        ? TlsPeer.connect(server, "TLSv1.3").handshake().send("go\n")
        : Servers.peer(server).send("go\n");
  }

  /** A part of a message and a filter's own write do not count as messages. */
  @Test
  void minasCountersAreRight() throws Exception {
    IoFilterAdapter own =
        new IoFilterAdapter() {
          @Override
          public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
            next.filterWrite(session, new DefaultWriteRequest(IoBuffer.wrap(new byte[] {'o'})));
            next.filterWrite(session, request);
          }

          @Override
          public void messageSent(NextFilter next, IoSession session, WriteRequest request) {
            if (!(request.getClass() == DefaultWriteRequest.class
                && request.getMessage() instanceof IoBuffer)) {
              next.messageSent(session, request);
            }
          }
        };
    AtomicInteger notified = new AtomicInteger();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
            CompletableFuture.runAsync(() -> session.write(line)).join();
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            notified.incrementAndGet();
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(handler),
            (chain, side) -> chain.addBefore(FilterNames.CODEC, "own", own));
    try (Server server = Servers.of(protocol);
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < 100; i++) {
        peer.send("a\n");
        String answers = peer.line() + peer.line();
        assertThat(answers.replace("o", "")).isEqualTo("aa");
      }
      AbstractIoSession session = (AbstractIoSession) Servers.session(server);
      Servers.awaitRounds(session);
      assertThat(notified.get()).isEqualTo(200);
      assertThat(session.getScheduledWriteMessages()).isZero();
      assertThat(session.getScheduledWriteBytes()).isZero();
    }
  }

  @Test
  void theServicesCountersAreRightForCutSessions() throws Exception {
    try (Server server = Servers.lines(new IoHandlerAdapter())) {
      var statistics = Servers.acceptor(server).getStatistics();
      statistics.getConfig().setStatisticsCalcEnabled(true);
      statistics.getConfig().setScheduledWriteMessagesCalcEnabled(true);
      try (Peer unused = Servers.peer(server)) {
        IoSession session = Servers.session(server);
        List<WriteFuture> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          futures.add(session.write(IoBuffer.wrap(new byte[60_000])));
        }
        Servers.awaitRounds(session);
        assertThat(statistics.getScheduledWriteBytes()).isPositive();
        session.closeNow();
        futures.forEach(WriteFuture::awaitUninterruptibly); // a share of them fails at a time
      }
      assertThat(statistics.getScheduledWriteBytes()).isZero();
      assertThat(statistics.getScheduledWriteMessages()).isZero();
    }
  }

  /** A share of an ended session's futures fails in each round, all with one cause. */
  @Test
  void aCutDoesNotBlockItsLoop() throws Exception {
    int writes = 100_000;
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(new IoHandlerAdapter()))
            .limit(Limits.OUTBOUND_MOST, 1 << 30)
            .build();
    try (Server server =
            new Server(
                    ServerConfig.builder()
                        .listener(listener)
                        .eventLoops(1)
                        .outboundTotalBytes(1L << 30)
                        .build())
                .start();
        Peer first = Servers.peer(server);
        Peer second = Servers.peer(server)) { // it keeps the loop running
      Servers.awaitSessions(server, 2);
      IoSession session = Servers.session(server);
      session.suspendWrite();
      List<WriteFuture> futures = new ArrayList<>();
      for (int i = 0; i < writes; i++) {
        futures.add(session.write("x"));
      }
      Servers.awaitRounds(session);
      AtomicInteger failed = new AtomicInteger();
      List<Integer> atRounds = Collections.synchronizedList(new ArrayList<>());
      futures.forEach(each -> each.addListener(any -> failed.incrementAndGet()));
      EventLoop loop = EventLoop.of(session);
      CountDownLatch all = new CountDownLatch(1);
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              atRounds.add(failed.get());
              if (failed.get() < writes) {
                loop.execute(this);
              } else {
                all.countDown();
              }
            }
          });
      session.closeNow();
      all.await();
      for (int i = 1; i < atRounds.size(); i++) {
        assertThat(atRounds.get(i) - atRounds.get(i - 1)).isLessThanOrEqualTo(8 * 1024);
      }
      Set<Throwable> causes =
          futures.stream().map(WriteFuture::getException).collect(Collectors.toSet());
      assertThat(causes).hasSize(1);
      assertThat(causes.iterator().next().getStackTrace()).isEmpty();
    }
  }

  /** A pusher that waits is not cut because of a slow reader. */
  @Test
  void aHandlerIsNotifiedOfTheWatermarks() throws Exception {
    int messages = 2000;
    String message = "x".repeat(10_000);
    List<FilterEvent> events = Collections.synchronizedList(new ArrayList<>());
    IoHandlerAdapter pushing =
        new IoHandlerAdapter() {
          private int left = messages;

          @Override
          public void sessionOpened(IoSession session) {
            push(session);
          }

          @Override
          public void event(IoSession session, FilterEvent event) {
            if (event instanceof Watermark) {
              events.add(event);
            }
            if (event == Watermark.AT_LOW) {
              push(session);
            }
          }

          private void push(IoSession session) {
            while (left > 0 && !Sessions.isAboveHigh(session)) {
              left--;
              session.write(message);
            }
          }
        };
    try (Server server =
            Servers.with(
                Protocol.withHandler(
                    "push",
                    new LineCodecFactory(java.nio.charset.StandardCharsets.UTF_8, 1 << 16),
                    pushing),
                listener ->
                    listener
                        .limit(Limits.OUTBOUND_HIGH, 100_000)
                        .limit(Limits.OUTBOUND_LOW, 50_000)
                        .limit(Limits.OUTBOUND_MOST, 400_000));
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < messages; i++) {
        assertThat(peer.line()).isEqualTo(message);
      }
      Servers.awaitRounds(Servers.session(server));
    }
    assertThat(events).isNotEmpty();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i)).isEqualTo(Watermark.values()[i % 2]);
    }
  }

  /** The message waits as 5,000 characters, and the loop finds it as four bytes. */
  @Test
  void aPusherNotifiedOfTheHighWatermarkIsNotifiedOfTheLowOne() throws Exception {
    List<FilterEvent> events = Collections.synchronizedList(new ArrayList<>());
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void event(IoSession session, FilterEvent event) {
            events.add(event);
          }
        };
    Codec<String, String> lengths =
        new MappedCodecFactory<>(
            new LineCodecFactory(), (String read) -> read, (String sent) -> "" + sent.length());
    try (Server server =
            Servers.with(
                Protocol.withHandler("lengths", lengths, handler),
                listener ->
                    listener.limit(Limits.OUTBOUND_HIGH, 2000).limit(Limits.OUTBOUND_LOW, 1000));
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      CountDownLatch written = new CountDownLatch(1);
      EventLoop.onLoopOf(session, () -> Servers.await(written));
      session.write("x".repeat(5000));
      assertThat(Sessions.isAboveHigh(session)).isTrue();
      written.countDown();
      assertThat(peer.line()).isEqualTo("5000");
      Servers.awaitRounds(session);
      assertThat(events).containsExactly(Watermark.ABOVE_HIGH, Watermark.AT_LOW);
      assertThat(Sessions.isAboveHigh(session)).isFalse();
    }
  }

  /** The handler keeps its session above the high watermark, and its peer reads all the time. */
  @Test
  void aPeerThatReadsIsServedWhileOtherThreadsKeepWriting() throws Exception {
    CountDownLatch inputClosed = new CountDownLatch(1);
    AtomicInteger lines = new AtomicInteger();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            lines.incrementAndGet();
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (inputClosed.getCount() > 0) {
              session.write(message); // the number that waits is unchanged
            }
          }

          @Override
          public void inputClosed(IoSession session) {
            inputClosed.countDown();
          }
        };
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener ->
                    listener
                        .limit(Limits.OUTBOUND_HIGH, 100_000)
                        .limit(Limits.OUTBOUND_LOW, 1000)
                        .limit(Limits.FRAMES_PER_TURN, 3));
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      for (int i = 0; i < 50; i++) {
        session.write("x".repeat(10_000));
      }
      CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(peer::bytes);
      peer.send("a\n".repeat(20)).halfClose();
      inputClosed.await();
      assertThat(lines.get()).isEqualTo(20);
      session.closeOnFlush();
      read.get();
    }
  }

  private record Parcel(byte[] payload) {}

  private static Codec<Byte, Parcel> parcels() {
    return new FrameCodecFactory<>(
        () ->
            new FrameDecoder<Byte>(1) {
              @Override
              protected Byte readFrame(IoBuffer in) {
                return in.get();
              }
            },
        (Parcel parcel, IoBuffer out) -> out.put(parcel.payload()));
  }

  /** The memory that an object takes is unknown before it is encoded. */
  @Test
  void anObjectCountsAsMuchAsTheObjectsBeforeIt() throws Exception {
    Protocol<Object, Object> protocol =
        Protocol.withHandler("parcels", Codec.of(parcels()), new IoHandlerAdapter());
    try (Server server = serve(protocol);
        Peer unused = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      Outbound queue = Outbound.of(session);
      int atFirst = takenWhileTheLoopIsBlocked(session, () -> new Parcel(new byte[20]));
      assertThat(atFirst).isLessThanOrEqualTo(MOST / 1024);
    }
    try (Server server = serve(protocol);
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      for (int i = 0; i < 50; i++) {
        session.write(new Parcel(new byte[20_000])).awaitUninterruptibly();
        peer.bytes(20_000);
      }
      int taken = takenWhileTheLoopIsBlocked(session, () -> new Parcel(new byte[20_000]));
      assertThat(taken).isBetween(1, 2 * MOST / 20_000);
    }
  }

  /** This holds with another library's codec, and for a filter below the codec. */
  @Test
  void theWritesOfOtherThreadsBelowTheCodecAreBounded() throws Exception {
    CompletableFuture<NextFilter> below = new CompletableFuture<>();
    IoFilterAdapter filter =
        new IoFilterAdapter() {
          @Override
          public void sessionOpened(NextFilter next, IoSession session) {
            below.complete(next);
            next.sessionOpened(session);
          }
        };
    Protocol<String, String> protocol =
        new Extended<>(
            Servers.lineProtocol(new IoHandlerAdapter()),
            (chain, side) -> chain.addBefore(FilterNames.CODEC, "below", filter));
    try (Server server = serve(protocol);
        Peer unused = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      NextFilter next = below.get();
      int taken =
          takenWhileTheLoopIsBlocked(
              session,
              () -> {
                WriteRequest request =
                    new DefaultWriteRequest(
                        IoBuffer.wrap(new byte[20_000]), new DefaultWriteFuture(session));
                next.filterWrite(session, request);
                return request.getFuture();
              });
      assertThat(taken).isBetween(1, MOST / 20_000);
    }
  }

  /** Writes until one write is refused; returns the number of accepted writes. */
  private static int takenWhileTheLoopIsBlocked(IoSession session, Supplier<Object> message) {
    CountDownLatch goesOn = new CountDownLatch(1);
    EventLoop.onLoopOf(session, () -> Servers.await(goesOn));
    int taken = 0;
    for (boolean isTaken = true; isTaken && taken < 100_000; ) {
      Object each = message.get();
      WriteFuture future = each instanceof WriteFuture its ? its : session.write(each);
      isTaken = !future.isDone();
      taken += isTaken ? 1 : 0;
    }
    goesOn.countDown();
    return taken;
  }

  /** The peer takes everything, but the handler's thread runs none of its messageSent. */
  @Test
  void messagesCountUntilTheirHandlerIsNotified() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicInteger notified = new AtomicInteger();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            Servers.await(goesOn);
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            notified.incrementAndGet();
          }
        };
    int most = 4 * MOST / Outbound.REQUEST_COST;
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener ->
                    listener
                        .executorThreads(1)
                        .limit(Limits.OUTBOUND_MOST, 4 * MOST)
                        .limit(Limits.OUTBOUND_HIGH, 2 * MOST)
                        .limit(Limits.OUTBOUND_LOW, MOST));
        Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(peer::bytes);
      peer.send("wait\n");
      int written = 0;
      for (; written < most && !Sessions.isAboveHigh(session); written++) {
        session.write("x").awaitUninterruptibly();
      }
      goesOn.countDown();
      assertThat(written).isLessThan(most);
      Await.until("at the low watermark", () -> !Sessions.isAboveHigh(session));
      session.closeOnFlush();
      assertThat(read.get()).hasSize(2 * written);
      session.getCloseFuture().awaitUninterruptibly();
    }
    assertThat(notified).hasPositiveValue();
  }
}
