package parley.internal.loop;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;

/** What becomes of a step that is handed over: it runs or it fails, once. */
final class Fate {

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
