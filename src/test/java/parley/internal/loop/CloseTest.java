package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A closeOnFlush finishes, whatever the peer does. */
class CloseTest {

  private static final int BYTES = 20_000_000;

  private final CompletableFuture<WriteFuture> written = new CompletableFuture<>();

  private final IoHandlerAdapter closing =
      new IoHandlerAdapter() {
        @Override
        public void messageReceived(IoSession session, Object line) {
          written.complete(session.write("x".repeat(BYTES)));
          session.closeOnFlush();
        }
      };

  @Test
  void aPeerThatTakesNothingIsCutAndTheFutureFails() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(closing),
                config -> config.closeTimeout(Duration.ofMillis(20)));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      TestClock clock = TestClock.of(server);
      WriteFuture last = written.get();
      clock.advanceUntil("its end", 20, () -> Servers.loops(server).sessionCount() == 0);
      assertThat(last.awaitUninterruptibly().isWritten()).isFalse();
      assertThat(logs.atLeast("INFO"))
          .singleElement()
          .asString()
          .contains(
              "reason=slow_reader detail=\"the peer accepted none of the last ", " for 300 ms");
    }
  }

  @Test
  void aSlowReaderGetsEverything() throws Exception {
    try (Server server =
            Servers.of(
                Servers.lineProtocol(closing),
                config -> config.closeTimeout(Duration.ofMillis(50)));
        Peer peer = Servers.peer(server)) {
      TestClock clock = TestClock.of(server);
      peer.send("a\n");
      int count = 0;
      byte[] some = new byte[256 * 1024];
      for (int n = peer.read(some); n >= 0; n = peer.read(some)) {
        count += n;
        clock.advance(10);
      }
      assertThat(count).isEqualTo(BYTES + 1);
    }
  }

  @Test
  void aRefusedPeerThatTakesNothingIsCut() throws Exception {
    ListenerConfig listener =
        ListenerConfig.builder(
                "test",
                Endpoint.parse("tcp://127.0.0.1:0"),
                Servers.lineProtocol(
                    AnswerHandler.<String, String>of((session, line) -> "x".repeat(20_000_000))))
            .limit(Limits.OUTBOUND_HIGH, 60_000_000)
            .limit(Limits.OUTBOUND_RATE, 0)
            .build();
    try (Server server =
            new Server(
                    ServerConfig.builder()
                        .closeTimeout(Duration.ofMillis(20))
                        .listener(listener)
                        .build())
                .start();
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      IoSession session = Servers.session(server);
      Await.until("bytes", session::getScheduledWriteBytes, bytes -> bytes > 0);
      TestClock clock = TestClock.of(server);
      peer.send(new byte[] {(byte) 0xC3, '\n'});
      clock.advanceUntil("its end", 20, () -> Servers.loops(server).sessionCount() == 0);
    }
  }
}
