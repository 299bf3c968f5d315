package parley.client;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.CutShortException;
import parley.codec.FrameException;
import parley.internal.tls.TlsFilter;
import parley.tls.TlsException;
import parley.transport.ConnectionResetException;
import parley.transport.Input;

/** The reason why one connection ended. Any thread may call. */
final class Loss {

  private final IoSession session;
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  private volatile @Nullable String gaveUp;
  private volatile @Nullable String reason;

  Loss(IoSession session) {
    this.session = session;
  }

  /** Records a fault that ends the connection; the first one counts. */
  void faulted(Throwable cause) {
    fault.compareAndSet(null, cause);
  }

  /** Records that the client ends the connection, and why. */
  void gaveUp(String why) {
    gaveUp = why;
  }

  /** Records the end. */
  void happened() {
    String own = gaveUp;
    reason = own == null ? reason(fault.get()) : own;
  }

  boolean hasHappened() {
    return reason != null;
  }

  private String reason(@Nullable Throwable cause) {
    if (cause instanceof ConnectionResetException || cause instanceof TlsException) {
      return "connection lost: " + cause.getMessage();
    }
    if (cause instanceof CutShortException) {
      return "connection cut short: " + cause.getMessage();
    }
    if (cause instanceof FrameException) {
      return "the server sent what is no frame: " + cause.getMessage();
    }
    if (cause != null) {
      return "connection closed after " + cause;
    }
    return Input.of(session).isEnded() || TlsFilter.isEnded(session)
        ? "connection closed by the server"
        : "connection closed";
  }

  /** An exception with the reason. */
  ConnectionLostException exception() {
    String why = reason;
    return new ConnectionLostException(why == null ? "connection closed" : why, fault.get());
  }
}
