package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.junit.jupiter.api.Test;

/** The writes that ended sessions leave fail in shares, and do not pile up. */
class LeftoversTest {

  private static final int SESSIONS = 20;
  private static final int WRITES = 50_000;

  /**
   * With 512 futures per round there would be 1,954 rounds, in which more may be left than fails.
   */
  @Test
  void aShareOfAllFailsInEachRound() {
    Queue<WriteQueue> ended = new LinkedBlockingQueue<>();
    List<WriteFuture> futures = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      DummySession session = new DummySession();
      WriteQueue queue = new WriteQueue(session);
      for (int n = 0; n < WRITES; n++) {
        WriteFuture future = new DefaultWriteFuture(session);
        futures.add(future);
        queue.offer(session, new DefaultWriteRequest("x", future));
      }
      queue.leave();
      ended.add(queue);
    }
    int rounds = 1;
    while (WriteQueue.failSome(ended)) {
      rounds++;
    }
    assertThat(futures).allMatch(WriteFuture::isDone).noneMatch(WriteFuture::isWritten);
    assertThat(rounds).isBetween(10, 150);
  }
}
