package parley.session;

import org.apache.mina.filter.FilterEvent;

/**
 * Tells the handler, by {@code IoHandler.event}, that the server drains: nothing of this session is
 * in flight, and it closes once what the handler writes now is sent.
 */
public enum DrainEvent implements FilterEvent {
  /** The last chance for a word of goodbye. */
  GOODBYE
}
