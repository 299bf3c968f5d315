package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * The engine's access to a handler that answers. The handler's public class does not show these
 * methods.
 */
public abstract class AnswerAccess {

  private static volatile @Nullable AnswerAccess access;

  /** Sets the only access; the handler's class does so in its initializer. */
  public static void set(AnswerAccess handlers) {
    access = handlers;
  }

  /** Returns the access to a handler, or null if it does not answer. */
  public static @Nullable AnswerAccess of(@Nullable IoHandler handler) {
    AnswerAccess known = access; // null until the first such handler exists
    return known != null && known.isFor(handler) ? known : null;
  }

  /** Returns whether a handler answers. */
  protected abstract boolean isFor(@Nullable IoHandler handler);

  /** Returns whether {@code messageSent} is called for answers. */
  public abstract boolean reportsSent(IoHandler handler);

  /** Returns how long the handler may take to answer a frame; zero for no limit. */
  public abstract Duration timeout(IoHandler handler, IoSession session, Object frame);

  /**
   * Ends a session one of whose frames has waited too long for its answer.
   *
   * @param read when the frame was read, in the time of EventLoop.nanos
   */
  public abstract void timedOut(
      IoHandler handler, IoSession session, Object frame, Duration timeout, long read);
}
