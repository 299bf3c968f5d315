package parley.session;

import org.apache.mina.filter.FilterEvent;

/**
 * The event that notifies a handler, by {@code IoHandler.event}, how much of a session waits to be
 * sent. {@link #ABOVE_HIGH} comes when it rises above the listener's {@code outbound-high}, and
 * {@link #AT_LOW} when it has fallen to {@code outbound-low}; always alternately. A handler that
 * pushes must wait in between: a session that reaches {@code outbound-most} is cut. The events come
 * on the session's event loop, between two of its turns. With {@code executor-threads} they go to
 * the handler's thread.
 */
public enum Watermark implements FilterEvent {
  /** More than the high watermark waits to be sent. */
  ABOVE_HIGH,
  /** At most the low watermark waits to be sent, after more than the high one did. */
  AT_LOW
}
