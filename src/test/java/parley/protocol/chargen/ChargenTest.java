package parley.protocol.chargen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.AbstractIoSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.internal.loop.EventLoop;
import parley.protocol.echo.EchoProtocol;
import parley.server.DrainResult;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Peer;
import parley.testing.Servers;

@Tag("smoke")
class ChargenTest {

  private static final int CYCLE = 95 * 74;
  private static final int MORE_THAN_A_KERNEL_TAKES = 32 << 20;

  /**
   * By the rule of RFC 864: line N has the characters N to N + 71, modulo 95, starting with space.
   */
  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      int line = i / 74;
      int column = i % 74;
      bytes[i] = (byte) (column < 72 ? ' ' + (line + column) % 95 : column == 72 ? '\r' : '\n');
    }
    return bytes;
  }

  @Test
  void sendsThePatternOfTheRfcAndDropsItsInput() throws Exception {
    try (Server server = Servers.of(new ChargenProtocol());
        Peer peer = Servers.peer(server)) {
      assertThat(peer.line()).startsWith(" !\"#$%&'()*+,-./0123").endsWith("^_`abcdefg\r");
      assertThat(peer.line()).startsWith("!\"#$%&'()*+,-./0123").endsWith("^_`abcdefgh\r");
      peer.send(new byte[100_000]);
      byte[] all = pattern(2 * 74 + 1_000_000);
      assertThat(peer.bytes(1_000_000)).isEqualTo(Arrays.copyOfRange(all, 148, all.length));
    }
  }

  @Test
  void continuesAfterAHalfClose() throws Exception {
    try (Server server = Servers.of(new ChargenProtocol());
        Peer peer = Servers.peer(server).halfClose()) {
      assertThat(peer.bytes(10_000_000)).isEqualTo(pattern(10_000_000));
    }
  }

  @Test
  void holdsOneCycleAtMostForAReaderThatStops() throws Exception {
    try (Server server = Servers.of(new ChargenProtocol());
        Peer peer = Servers.peer(server)) {
      AbstractIoSession session = (AbstractIoSession) Servers.session(server);
      awaitStall(session);
      assertThat(session.getScheduledWriteBytes()).isLessThanOrEqualTo(CYCLE);
      assertThat(session.getWriteRequestQueue().size()).as("the half-done write").isLessThan(2);
      int more = Math.toIntExact(session.getWrittenBytes()) + 1_000_000;
      assertThat(peer.bytes(more)).as("it continues where it was").isEqualTo(pattern(more));
      assertThat(session.getScheduledWriteBytes()).isLessThanOrEqualTo(CYCLE);
    }
  }

  /** Waits until the socket takes no more: a write stays half done between two turns. */
  private static void awaitStall(AbstractIoSession session) {
    long before = -1;
    boolean waits = false;
    while (!waits || session.getWrittenBytes() != before) {
      before = session.getWrittenBytes();
      for (int turn = 0; turn < 1000; turn++) {
        waits = betweenTurns(session);
      }
    }
  }

  private static boolean betweenTurns(AbstractIoSession session) {
    CompletableFuture<Boolean> waits = new CompletableFuture<>();
    EventLoop.of(session)
        .execute(
            () -> {
              EventLoop.flushNow(session); // the kernel reports room only when there is a lot of it
              waits.complete(session.getCurrentWriteRequest() != null);
            });
    return waits.join();
  }

  @Test
  void aDrainEndsItAfterAWholeCycle() throws Exception {
    Server server = Servers.of(new ChargenProtocol());
    try (Peer peer = Servers.peer(server);
        Peer halfClosed = Servers.peer(server).halfClose()) {
      assertThat(peer.bytes(1)).isEqualTo(pattern(1));
      assertThat(halfClosed.bytes(1)).isEqualTo(pattern(1));
      CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(peer::bytes);
      CompletableFuture<byte[]> second = CompletableFuture.supplyAsync(halfClosed::bytes);
      CompletableFuture<DrainResult> drained = server.drain();
      for (CompletableFuture<byte[]> each : List.of(first, second)) {
        int length = 1 + each.get().length;
        assertThat(length % CYCLE).isZero();
      }
      peer.close();
      halfClosed.close();
      assertThat(drained.get().sessionsCut()).as("sessions cut").isZero();
    }
  }

  @Test
  void aDrainCutsAReaderThatHasStopped() throws Exception {
    Server server =
        Servers.of(new ChargenProtocol(), config -> config.drainTimeout(Duration.ofMillis(100)));
    try (Peer unused = Servers.peer(server)) {
      AbstractIoSession session = (AbstractIoSession) Servers.session(server);
      awaitStall(session);
      // The kernel may have room for a cycle.
      session.write(IoBuffer.allocate(MORE_THAN_A_KERNEL_TAKES));
      assertThat(server.drain().get().sessionsCut()).as("sessions cut").isOne();
    }
  }

  @Test
  void readersThatNeverPauseLeaveTheLoopToTheOthers() throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .eventLoops(1)
            .listener(ListenerConfig.builder("c", Servers.FREE, new ChargenProtocol()).build())
            .listener(ListenerConfig.builder("e", Servers.FREE, new EchoProtocol()).build())
            .build();
    List<CompletableFuture<Long>> readers = new ArrayList<>();
    try (Server server = new Server(config).start()) {
      for (int i = 0; i < 3; i++) {
        Peer reader = Servers.peer(server);
        readers.add(
            CompletableFuture.supplyAsync(() -> readOn(reader), task -> new Thread(task).start()));
      }
      try (Peer neighbour = Peer.connect(server.listeners().get(1).endpoint())) {
        for (int round = 0; round < 1000; round++) {
          assertThat(neighbour.send("ping\n").line()).isEqualTo("ping");
        }
      }
    }
    for (CompletableFuture<Long> reader : readers) {
      assertThat(reader.get()).isGreaterThan(CYCLE);
    }
  }

  /** Reads until the connection ends, and returns the number of bytes. */
  private static long readOn(Peer peer) {
    byte[] into = new byte[1 << 16];
    long sum = 0;
    try (peer) {
      for (int count = 0; count >= 0; count = peer.read(into)) {
        sum += count;
      }
    } catch (IOException reset) {
      // the server closed at once
    }
    return sum;
  }

  @Test
  void aClientReceivesThePattern() throws Exception {
    BlockingQueue<IoBuffer> received = new LinkedBlockingQueue<>();
    try (Server server = Servers.of(new ChargenProtocol());
        Client<IoBuffer, IoBuffer> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), new ChargenProtocol())
                    .onUnsolicited(received::add)
                    .build())) {
      IoBuffer first = received.take();
      byte[] bytes = new byte[first.remaining()];
      first.get(bytes);
      assertThat(bytes).isEqualTo(pattern(bytes.length));
      assertThat(client.lost()).isNotDone();
    }
  }
}
