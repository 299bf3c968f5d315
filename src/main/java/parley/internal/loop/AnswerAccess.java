package parley.internal.loop;

import java.time.Duration;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/** What only the engine calls of a handler that answers; its public class does not show it. */
public abstract class AnswerAccess {

  private static volatile @Nullable AnswerAccess access;

  /** Sets the one access there is: the handlers' class does, when it is initialized. */
  public static void set(AnswerAccess handlers) {
    access = handlers;
  }

  /** Returns the access to a handler, or null if it does not answer. */
  public static @Nullable AnswerAccess of(@Nullable IoHandler handler) {
    AnswerAccess known = access; // null while there is no such handler
    return known != null && known.isFor(handler) ? known : null;
  }

  /** Whether a handler answers. */
  protected abstract boolean isFor(@Nullable IoHandler handler);

  /** Whether {@code messageSent} is called for answers. */
  public abstract boolean reportsSent(IoHandler handler);

  /** Returns how long it may take to answer a frame; zero for no bound. */
  public abstract Duration timeout(IoHandler handler, IoSession session, Object frame);

  /** Ends a session whose frame has waited so long for the handler's thread. */
  public abstract void timedOut(
      IoHandler handler, IoSession session, Object frame, Duration timeout);
}
