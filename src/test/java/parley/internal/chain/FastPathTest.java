package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Peer.numbers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.DefaultFileRegion;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.ReadFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.executor.ExecutorFilter;
import org.apache.mina.filter.stream.StreamWriteFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** The fast path between codec and handler never bypasses a filter that handles its events. */
class FastPathTest {

  private static final String NUMBERS = numbers(1000);

  private static Server serve(IoHandler handler, Consumer<DefaultIoFilterChainBuilder> own)
      throws IOException {
    return Servers.of(
        new Extended<>(Servers.lineProtocol(handler), (chain, side) -> own.accept(chain)),
        config -> config.eventLoops(1));
  }

  private static IoHandler echo() {
    return new IoHandlerAdapter() {
      @Override
      public void messageReceived(IoSession session, Object line) {
        session.write(line);
      }
    };
  }

  static List<IoHandler> handlers() {
    return List.of(echo(), AnswerHandler.<String, String>of((session, line) -> line));
  }

  /** Counts the messages that pass, in each direction. */
  private static final class Counting extends IoFilterAdapter {

    final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    final BlockingQueue<Object> written = new LinkedBlockingQueue<>();
    final BlockingQueue<Object> sent = new LinkedBlockingQueue<>();

    @Override
    public void messageReceived(NextFilter next, IoSession session, Object message) {
      received.add(message);
      next.messageReceived(session, message);
    }

    @Override
    public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
      written.add(request.getMessage());
      next.filterWrite(session, request);
    }

    @Override
    public void messageSent(NextFilter next, IoSession session, WriteRequest request) {
      sent.add(request.getOriginalMessage());
      next.messageSent(session, request);
    }
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void aFilterAboveTheCodecSeesEachFrameAndEachAnswer(IoHandler handler) throws Exception {
    for (String place : List.of(FilterNames.CODEC, FilterNames.DRAIN)) {
      Counting counting = new Counting();
      try (Server server = serve(handler, chain -> chain.addAfter(place, "counting", counting));
          Peer peer = Servers.peer(server)) {
        peer.send(NUMBERS).halfClose();
        assertThat(peer.rest()).isEqualTo(NUMBERS);
        for (BlockingQueue<Object> each :
            List.of(counting.received, counting.written, counting.sent)) {
          assertThat(each).hasSize(1000).startsWith("0", "1").endsWith("999");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void aFilterBelowTheCodecSeesOneWritePerTurnAndItsMessageSent(IoHandler handler)
      throws Exception {
    Counting counting = new Counting();
    try (Server server =
            serve(handler, chain -> chain.addBefore(FilterNames.CODEC, "counting", counting));
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\nc\n");
      assertThat(peer.line() + peer.line() + peer.line()).isEqualTo("abc");
      assertThat(counting.sent.take()).isNotNull();
      assertThat(counting.received).hasSize(1);
      assertThat(counting.written).hasSize(1);
      assertThat(counting.sent).isEmpty();
    }
  }

  /** A filter that does not handle frames does not prevent the fast path. */
  @Test
  void aFilterOfOtherEventsKeepsTheFastPath() throws Exception {
    IoFilter faults =
        new IoFilterAdapter() {
          @Override
          public void exceptionCaught(NextFilter next, IoSession session, Throwable cause) {
            next.exceptionCaught(session, cause);
          }
        };
    for (IoFilter each : List.of(faults, new Counting())) {
      IoHandler handler =
          AnswerHandler.<String, String>of(
              (session, line) ->
                  FastPath.handler(
                              (FramingFilter) session.getFilterChain().get(FilterNames.CODEC),
                              session)
                          == null
                      ? "long"
                      : "short");
      try (Server server = serve(handler, chain -> chain.addLast("own", each));
          Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").line()).isEqualTo(each == faults ? "short" : "long");
      }
    }
  }

  /**
   * Lines are read in place if no other filter gets the buffer; a filter that gets it may keep it.
   */
  @Test
  void aFilterBelowTheCodecMayKeepTheBufferOfARead() throws Exception {
    Queue<IoBuffer> kept = new ConcurrentLinkedQueue<>();
    IoFilter keeping =
        new IoFilterAdapter() {
          @Override
          public void messageReceived(NextFilter next, IoSession session, Object message) {
            kept.add(((IoBuffer) message).duplicate());
            next.messageReceived(session, message);
          }
        };
    IoHandler handler =
        AnswerHandler.<String, String>of(
            (session, line) -> {
              if (line.equals("5")) {
                session.getFilterChain().addBefore(FilterNames.CODEC, "keeping", keeping);
              }
              return line;
            });
    try (Server server = serve(handler, chain -> {});
        Peer peer = Servers.peer(server)) {
      for (int i = 0; i < 10; i++) {
        assertThat(peer.send(i + "\n").line()).isEqualTo("" + i);
      }
      assertThat(kept.stream().map(IoBuffer::getHexDump))
          .containsExactly("36 0A", "37 0A", "38 0A", "39 0A");
    }
  }

  /** A filter may do so to keep large data in a file. */
  @Test
  void aFilterBelowTheCodecMaySendAFileInsteadOfTheBatch(@TempDir Path temp) throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "of a file\n");
    try (FileChannel channel = FileChannel.open(file)) {
      IoFilter replacing =
          new IoFilterAdapter() {
            @Override
            public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
              request.setMessage(new DefaultFileRegion(channel, 0, 10));
              next.filterWrite(session, request);
            }
          };
      try (Server server =
              serve(echo(), chain -> chain.addBefore(FilterNames.CODEC, "own", replacing));
          Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\n").line()).isEqualTo("of a file");
      }
    }
  }

  /**
   * The filter takes effect with the next read: the frames of this read are already on their way.
   */
  @Test
  void aFilterThatTheHandlerAddsSeesTheNextRead() throws Exception {
    Counting counting = new Counting();
    IoHandler handler =
        AnswerHandler.<String, String>of(
            (session, line) -> {
              if (line.equals("add")) {
                session.getFilterChain().addAfter(FilterNames.DRAIN, "counting", counting);
              }
              return line;
            });
    try (Server server = serve(handler, chain -> {});
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("add\n").line()).isEqualTo("add");
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      assertThat(counting.received).containsExactly("a");
      assertThat(counting.written).containsExactly("a");
    }
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void anExecutorAboveTheCodecKeepsTheOrder(IoHandler handler) throws Exception {
    ExecutorFilter executor = new ExecutorFilter(4);
    try (Server server = serve(handler, chain -> chain.addLast("executor", executor));
        Peer peer = Servers.peer(server)) {
      Thread sending = new Thread(() -> peer.sendUnchecked(NUMBERS.repeat(10)));
      sending.start();
      assertThat(new String(peer.bytes(10 * NUMBERS.length()), StandardCharsets.UTF_8))
          .isEqualTo(NUMBERS.repeat(10));
      sending.join();
    }
    executor.destroy();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sessionReadGetsTheFrames(boolean before) throws Exception {
    CompletableFuture<IoSession> opened = new CompletableFuture<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            session.getConfig().setUseReadOperation(true);
            opened.complete(session);
          }
        };
    ListenerConfig listener =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler)).build();
    try (Server server = new Server(ServerConfig.builder().listener(listener).build())) {
      Servers.acceptor(server).getSessionConfig().setUseReadOperation(before);
      server.start();
      try (Peer peer = Servers.peer(server)) {
        IoSession session = opened.join();
        peer.send("a\nb\n");
        for (String line : List.of("a", "b")) {
          ReadFuture read = session.read().awaitUninterruptibly();
          assertThat(read.getMessage()).isEqualTo(line);
        }
        peer.halfClose();
        assertThat(session.read().awaitUninterruptibly().isClosed()).isTrue();
      }
    }
  }

  @Test
  void aStreamThatAFilterWritesInPartsArrivesWholeAndInItsPlace() throws Exception {
    byte[] text = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
            session.write(new ByteArrayInputStream(text));
            session.write("end");
          }
        };
    try (Server server =
            serve(
                handler, chain -> chain.addAfter(FilterNames.CODEC, "s", new StreamWriteFilter()));
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      assertThat(peer.line()).isEqualTo("a");
      assertThat(peer.bytes(text.length)).isEqualTo(text);
      assertThat(peer.line()).isEqualTo("end");
    }
  }
}
