package parley.internal.loop;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.transport.socket.nio.NioSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets accepted sessions into a loop, about {@value #MOST} per round. MINA lets all of them in at
 * once, and serves no session while more arrive. Thread-safe.
 */
final class Arrivals {

  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);
  private static final int MOST = 32;

  private final EventLoop loop;
  private final Queue<NioSession> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger allowed = new AtomicInteger(MOST);

  Arrivals(EventLoop loop) {
    this.loop = loop;
  }

  /** Lets a session in, now or in a later round. */
  void add(NioSession session) {
    waiting.add(session);
    letIn();
  }

  /** Starts a new round; also called before the loop gives its thread back. */
  void nextRound() {
    if (allowed.get() < MOST) {
      allowed.set(MOST);
      letIn();
    }
  }

  private void letIn() {
    while (allowed.get() > 0) {
      NioSession next = waiting.poll();
      if (next == null) {
        return;
      }
      allowed.decrementAndGet();
      try {
        loop.add(next);
      } catch (IllegalStateException disposed) {
        drop(next);
        allowed.incrementAndGet(); // there may be no further round
      } catch (RuntimeException | Error failed) {
        drop(next);
        throw failed;
      }
    }
  }

  private static void drop(NioSession session) {
    try {
      session.getChannel().close();
    } catch (IOException e) {
      LOG.debug("channel not closed, its loop has ended: cause=\"{}\"", e.toString());
    }
    SessionLifecycle.of(session).over();
  }
}
