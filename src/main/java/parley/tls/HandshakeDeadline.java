package parley.tls;

import java.time.Duration;
import org.apache.mina.core.session.IoSession;
import parley.transport.Sweep;
import parley.transport.Swept;

/** Bounds the handshake of one session, from its connection on. Used on its loop's thread. */
final class HandshakeDeadline extends Swept {

  private final Duration most;
  private final Runnable whenLate;
  private final int since = Sweep.now();
  private boolean over;

  HandshakeDeadline(IoSession session, Duration most, Runnable whenLate) {
    super(session);
    this.most = most;
    this.whenLate = whenLate;
  }

  /** Looks from now on; never, if it may take any time. */
  void begin() {
    if (!most.isZero()) {
      watch(most);
    }
  }

  @Override
  protected void sweep(int now) {
    if (!over && now - since >= most.toMillis()) {
      over = true;
      whenLate.run();
    }
  }

  /** The handshake has ended, one way or the other. */
  void end() {
    over = true;
    unwatch();
  }
}
