package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.Sessions;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** A handler's own suspendRead and resumeRead, beside Parley's bounds. */
class SuspendTest {

  private static final int HIGH = 1 << 20;
  private static final String BIG = "x".repeat(60_000);

  private static Server serve(IoHandlerAdapter handler) throws Exception {
    return Servers.onOneLoop(
        Servers.lineProtocol(handler), listener -> listener.limit(Limits.OUTBOUND_HIGH, HIGH));
  }

  @Test
  void resumeReadDoesNotExceedTheBound() throws Exception {
    BlockingQueue<IoSession> sessions = new LinkedBlockingQueue<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.suspendRead(); // as a handler does while work runs elsewhere
            session.write(BIG);
            CompletableFuture.runAsync(session::resumeRead).thenRun(() -> sessions.add(session));
          }
        };
    byte[] lines = "0123456789\n".repeat(1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (Server server = serve(handler);
        Peer peer = Servers.withLittleRoom(server)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < 10_000; i++) {
                    peer.send(lines);
                  }
                } catch (java.io.IOException closed) {
                  // suspended by the test
                }
              });
      IoSession session = sessions.take();
      Await.until("above the watermark", () -> Sessions.isAboveHigh(session));
      long read = session.getReadBytes();
      for (int i = 0; i < 200; i++) { // each makes the loop check the socket again
        session.suspendRead();
        session.resumeRead();
        CompletableFuture<Void> round = new CompletableFuture<>();
        EventLoop.of(session).execute(() -> round.complete(null));
        round.get();
      }
      assertThat(session.getReadBytes() - read).isLessThan(2 * 64 * 1024);
      peer.close();
      sent.handle((none, failure) -> none).get();
    }
  }

  @Test
  void suspendReadLastsAfterTheDataFallsBelowABound() throws Exception {
    BlockingQueue<Object> got = new LinkedBlockingQueue<>();
    CompletableFuture<IoSession> its = new CompletableFuture<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            got.add(line);
            its.complete(session);
            session.suspendRead();
            for (int i = 0; i < 400; i++) {
              session.write(BIG); // above the bound, and back below it
            }
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      for (int i = 0; i < 400; i++) {
        assertThat(peer.line()).isEqualTo(BIG);
      }
      peer.send("b\n");
      try (Peer other = Servers.peer(server)) { // on the same loop, after it
        other.send("c\n");
        assertThat(got.take()).isEqualTo("a");
        assertThat(got.take()).isEqualTo("c");
      }
      its.get().resumeRead();
      assertThat(got.take()).isEqualTo("b");
    }
  }
}
