package parley.internal.chain;

import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.protocol.AnswerHandler;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

class FramesAtTheEndTest {

  /** The frames wait because the peer reads nothing. */
  @Test
  void waitingFramesAreNotInFlightAfterTheirSessionCloses() throws Exception {
    AnswerHandler<String, String> handler =
        AnswerHandler.of((session, line) -> "x".repeat(Servers.MORE_THAN_ITS_ROOM));
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener -> listener.limit(Limits.OUTBOUND_HIGH, 1).limit(Limits.OUTBOUND_LOW, 0));
        Peer peer = Servers.withLittleRoom(server)) {
      IoSession session = Servers.session(server);
      peer.send("a\nb\nc\n");
      Await.until("waits", () -> Input.of(session).isSuspended(Input.Reason.FRAMES_WAITING));
      session.closeNow().await();
      Await.until("nothing in flight", () -> InFlight.of(session).count() == 0);
    }
  }
}
