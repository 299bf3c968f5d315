package parley.session;

import org.apache.mina.filter.FilterEvent;

/**
 * The event that notifies a handler, by {@code IoHandler.event}, that the server drains. Nothing of
 * this session is in flight, and the session closes after everything that the handler writes now is
 * sent.
 */
public enum DrainEvent implements FilterEvent {
  /** The last chance to send a goodbye. */
  GOODBYE
}
