package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.Peer;
import parley.Servers;
import parley.protocol.AnswerHandler;
import parley.server.Server;

/** What other threads do to a session, also at the edges: a loop without a thread, an encoder. */
class HandoverTest {

  /** The loop has no thread any more, so what waited for the answer runs where that comes. */
  @Test
  void whatWaitsForAnAnswerRunsWhenTheSessionIsGone() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Object> answer = new CompletableFuture<>();
    AnswerHandler<String> later =
        AnswerHandler.of(
            (session, line) -> {
              asked.countDown();
              return answer;
            });
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      asked.await();
      IoSession session = Servers.session(server);
      Servers.awaitRounds(session);
      CompletableFuture<Long> depth = new CompletableFuture<>();
      InFlight.of(session)
          .whenNone(() -> depth.complete(StackWalker.getInstance().walk(Stream::count)));
      session.closeNow().await();
      awaitNoThread(EventLoop.of(session));
      assertThat(Handover.isNeeded(session)).isFalse(); // or it would be, again and again
      answer.complete("too late");
      assertThat(depth.getNow(null)).as("the depth of its stack").isLessThan(300);
      assertThat(InFlight.of(session).count()).isZero();
    }
  }

  private static void awaitNoThread(EventLoop loop) {
    while (loop.thread() != null) {
      Thread.onSpinWait();
    }
  }
}
