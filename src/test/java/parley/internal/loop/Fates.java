package parley.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;

/** Hands steps of a session over, and checks that each runs or fails. Any thread may call this. */
final class Fates {

  private final Queue<Fate> all = new ConcurrentLinkedQueue<>();

  /** The fate of a step that is handed over: it runs or it fails, once. */
  private static final class Fate {

    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    void run() {
      ran.incrementAndGet();
    }

    /** A request of one byte that counts how often it fails. */
    WriteRequest request(IoSession session) {
      DefaultWriteFuture future =
          new DefaultWriteFuture(session) {
            @Override
            public void setException(Throwable cause) {
              failed.incrementAndGet();
              super.setException(cause);
            }
          };
      return new DefaultWriteRequest(IoBuffer.wrap(new byte[1]), future, null);
    }

    void check() {
      if (ran.get() + failed.get() != 1) {
        throw new IllegalStateException("a step ran " + ran + " times and failed " + failed);
      }
    }
  }

  private Fate begin() {
    Fate fate = new Fate();
    all.add(fate);
    return fate;
  }

  /** Hands a write over. */
  void write(IoSession session) {
    Fate fate = begin();
    Handover.write(session, fate.request(session), fate::run);
  }

  /** Returns a step to hand over that is not a write. */
  Runnable step() {
    return begin()::run;
  }

  /** Checks that each step ran or failed once, and that none of them still counts as waiting. */
  void check(Outbound outbound) {
    all.forEach(Fate::check);
    if (outbound.waiting() != 0) {
      throw new IllegalStateException("still waiting: " + outbound.waiting());
    }
  }
}
