package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Queued messages are all written, once, counted, and in fair shares. */
class LoopWriterTest {

  private static Server serve(IoHandler handler) throws IOException {
    return Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(1));
  }

  /** Three messages leave in one write() call, and the first one's listener throws. */
  @Test
  void anErrorInAListenerNeitherRepeatsNorDropsMessages() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            session
                .write("a")
                .addListener(
                    done -> {
                      throw new AssertionError("in a listener");
                    });
            session.write("b");
            session.write("c");
          }
        };
    try (Server server = serve(handler);
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.rest()).isEqualTo("a\nb\nc\n");
      assertThat(logs.atLeast("WARN")).hasSize(1);
    }
  }

  @Test
  void filesBytesAndLinesAreCountedBackToZero(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[300_000]);
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write("a");
            session.write(file.toFile());
            session.write(IoBuffer.wrap(new byte[100_000]));
            session.write("b");
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n");
      assertThat(peer.bytes(400_004)).startsWith('a', '\n', 0).endsWith(0, 'b', '\n');
      IoSession session = Servers.session(server);
      awaitTheTurnsEnd(session);
      assertThat(session.getWrittenBytes()).isEqualTo(400_004);
      assertThat(session.getWrittenMessages()).isEqualTo(4);
      assertThat(session.getScheduledWriteBytes()).isZero();
      assertThat(session.getScheduledWriteMessages()).isZero();
    }
  }

  /** Returns after the loop has done its current work. */
  static void awaitTheTurnsEnd(IoSession session) {
    CompletableFuture<Void> next = new CompletableFuture<>();
    EventLoop.of(session).execute(() -> next.complete(null));
    next.join();
  }

  /** A turn's messages leave as one; the kernel has some of them whole, and one in part. */
  @Test
  void aFutureIsWrittenIfTheKernelHasItsBytesThoughLaterOnesFail() throws Exception {
    List<WriteFuture> futures = new ArrayList<>();
    CompletableFuture<IoSession> asked = new CompletableFuture<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            for (int i = 0; i < 20_000; i++) {
              futures.add(session.write("x".repeat(999)));
            }
            asked.complete(session);
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n");
      IoSession session = asked.join();
      awaitTheTurnsEnd(session);
      session.closeNow();
      Servers.awaitNobody(server);
      assertThat(futures).hasSize(20_000);
      futures.forEach(WriteFuture::awaitUninterruptibly); // a share of them fails in each round
      assertThat(futures.stream().filter(WriteFuture::isWritten))
          .hasSize((int) (session.getWrittenBytes() / 1000));
      assertThat(session.getWrittenBytes()).isBetween(1L, 19_999_999L);
    }
  }

  @Test
  void anEmptyFileIsWrittenToo(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("empty"));
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(file.toFile()).addListener(done -> session.write("written"));
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n").halfClose();
      assertThat(peer.rest()).isEqualTo("written\n");
    }
  }

  @Test
  void messagesWrittenWhileWritesAreSuspendedLeaveWhenWritesResume() throws Exception {
    CompletableFuture<IoSession> suspended = new CompletableFuture<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            if (line.equals("suspend")) {
              session.write("before");
              session.suspendWrite();
              suspended.complete(session);
            }
            session.write(line);
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("suspend\na\n");
      IoSession session = suspended.join();
      peer.send("b\n");
      Await.until("bytes read", session::getReadBytes, bytes -> bytes >= 12);
      assertThat(session.getWrittenBytes()).isZero();
      session.resumeWrite();
      peer.halfClose();
      assertThat(peer.rest()).isEqualTo("before\nsuspend\na\nb\n");
    }
  }

  @Test
  void afterASuspendInsideMessageSentNothingIsWrittenUntilTheResume() throws Exception {
    CompletableFuture<IoSession> suspended = new CompletableFuture<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            session.write("a");
            session.write(IoBuffer.wrap(new byte[200_000]));
            session.write("b");
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (message.equals("a")) {
              session.suspendWrite();
              suspended.complete(session);
            }
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      IoSession session = suspended.join();
      assertThat(peer.line()).isEqualTo("a");
      CompletableFuture<Void> rounds = new CompletableFuture<>();
      EventLoop.of(session)
          .execute(() -> EventLoop.of(session).execute(() -> rounds.complete(null)));
      rounds.join();
      assertThat(session.getWrittenBytes()).isLessThan(200_002);
      session.resumeWrite();
      peer.halfClose();
      assertThat(peer.bytes()).hasSize(200_002);
    }
  }

  /** One peer reads as fast as it can, and the handler writes from messageSent without an end. */
  @Test
  void aHandlerThatWritesFromMessageSentStarvesNoOtherSession() throws Exception {
    String much = "x".repeat(60_000);
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line.equals("flood") ? much : line);
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (message.equals(much)) {
              session.write(much);
            }
          }
        };
    try (Server server = serve(handler);
        Peer flooded = Servers.peer(server);
        Peer other = Servers.peer(server)) {
      flooded.send("flood\n".repeat(10));
      Thread reading = new Thread(flooded::readUntilTheEnd);
      reading.start();
      for (int i = 0; i < 100; i++) {
        assertThat(other.send("a\n").line()).isEqualTo("a");
      }
      flooded.close();
      reading.join();
    }
  }

  /**
   * A turn's work is bounded: between two answers of one session there are answers of the other.
   */
  @Test
  void aFloodOfTinyLinesStarvesNoOtherSession() throws Exception {
    AtomicInteger flood = new AtomicInteger();
    IoHandler handler =
        AnswerHandler.<String, String>of(
            (session, line) -> {
              if (line.isEmpty()) {
                flood.incrementAndGet();
              }
              return line;
            });
    try (Server server = serve(handler);
        Peer flooding = Servers.peer(server);
        Peer other = Servers.peer(server)) {
      Thread reading = new Thread(flooding::readUntilTheEnd);
      Thread sending = new Thread(() -> flooding.sendUntilTheEnd("\n".repeat(1 << 16)));
      reading.start();
      sending.start();
      for (int i = 0; i < 100; i++) {
        assertThat(other.send("a\n").line()).isEqualTo("a");
      }
      Await.until("flood", flood::get, lines -> lines >= 1_000_000);
      flooding.close();
      reading.join();
      sending.join();
    }
  }
}
