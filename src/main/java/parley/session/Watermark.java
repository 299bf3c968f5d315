package parley.session;

import org.apache.mina.filter.FilterEvent;

/**
 * Tells a handler, by {@code IoHandler.event}, how much of a session waits to be sent: {@link
 * #ABOVE_HIGH} when it is more than the listener's {@code outbound-high}, {@link #AT_LOW} when it
 * has fallen to {@code outbound-low}; always in turn. A handler that pushes waits in between: a
 * session that goes on to {@code outbound-most} is cut. The events come on the session's event
 * loop, between two of its turns, and with {@code executor-threads} go to the handler's thread.
 */
public enum Watermark implements FilterEvent {
  /** More than the high watermark waits to be sent. */
  ABOVE_HIGH,
  /** No more than the low watermark waits to be sent, after more than the high one did. */
  AT_LOW
}
