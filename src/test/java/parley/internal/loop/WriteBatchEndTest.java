package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.internal.loop.Batches.onAnotherThread;
import static parley.internal.loop.Batches.onLine;
import static parley.internal.loop.Batches.serve;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.codec.FrameEncoder;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Logs;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** An end or a failure of a turn loses no earlier write, and harms no other session. */
class WriteBatchEndTest {

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

  /** The moment differs each time: before a turn, in it, after it. */
  @Test
  void everythingThatAThreadWroteBeforeItClosesArrives() throws Exception {
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
          Thread asking = new Thread(() -> peer.sendUntilTheEnd("a\nb\nc\n"));
          asking.start();
          Pace.spin(round % 30);
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

  /** The call comes from inside the turn, or from another thread in the middle of it. */
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
      Servers.awaitNobody(server);
      assertThat(futures)
          .hasSize(3)
          .allMatch(WriteFuture::isDone)
          .noneMatch(WriteFuture::isWritten);
    }
  }

  /** A plug-in class may not fit: even an Error there must not hold the loop's turn. */
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
        AnswerHandler.<String, String>of(
            (session, line) -> WriteBatch.of(session) == null ? "no turn" : line);
    try (Server server = serve(Protocol.withHandler("turn", Codec.of(failingOnce), handler));
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

  /** The encoder sets the byte order, like that of a little-endian protocol. */
  @Test
  void theBufferSettingsOfAnEncoderNeverReachAnother() throws Exception {
    FrameEncoder<byte[]> little =
        (frame, out) -> out.order(ByteOrder.LITTLE_ENDIAN).putInt(1).setAutoExpand(false);
    FrameEncoder<byte[]> plain = (frame, out) -> out.putInt(1).put(new byte[100_000]);
    IoHandler echo = AnswerHandler.<byte[], byte[]>of((session, frame) -> frame);
    ListenerConfig first =
        ListenerConfig.builder(
                "little", Servers.FREE, Protocol.withHandler("turn", ones(little), echo))
            .build();
    ListenerConfig second =
        ListenerConfig.builder(
                "plain", Servers.FREE, Protocol.withHandler("turn", ones(plain), echo))
            .build();
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

  private static final class Ones extends FrameDecoder<byte[]> {

    Ones() {
      super(1);
    }

    @Override
    protected byte[] readFrame(IoBuffer in) {
      return new byte[] {in.get()};
    }
  }

  /** A codec of frames of one byte. */
  private static Codec<byte[], byte[]> ones(FrameEncoder<byte[]> encoder) {
    return new FrameCodecFactory<>(Ones::new, encoder);
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
        AnswerHandler.<byte[], byte[]>of(
            (session, frame) -> {
              sessions.add(session);
              return frame;
            });
    try (Server server = serve(Protocol.withHandler("turn", ones(closing), handler));
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
}
