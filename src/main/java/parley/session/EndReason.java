package parley.session;

import java.util.Locale;

/** The reason why a session ends or has ended; the first one, if there were several. */
public enum EndReason {
  /** The peer closed its side, and everything that it sent was answered. */
  PEER,
  /** This side closed it: the handler, a filter, or the code that holds the session. */
  CLOSED,
  /** The handler answered with its last answer. */
  LAST_ANSWER,
  /** The server shuts down gracefully. */
  DRAIN,
  /** Nothing was read, sent or pending for the idle timeout. */
  IDLE_TIMEOUT,
  /** The first frame did not come in time. */
  FIRST_FRAME_TIMEOUT,
  /** A frame that the peer began was not complete in time. */
  FRAME_TIMEOUT,
  /** An answer did not come in time. */
  ANSWER_TIMEOUT,
  /** The handshake, or the header of a proxy, did not come in time. */
  HANDSHAKE_TIMEOUT,
  /** The peer sent an invalid frame, header or handshake, or exceeded a limit. */
  REFUSED,
  /** The peer's stream ended inside a frame. */
  CUT_SHORT,
  /** The peer accepted too little of the data that waited to be sent to it. */
  SLOW_READER,
  /** More waited to be sent than a limit allows. */
  OUTBOUND_LIMIT,
  /** The connection was lost: reset by the peer, or broken. */
  RESET,
  /** The handler, a filter or the codec failed. */
  FAULT;

  /** {@return the reason as logs and figures write it, such as {@code idle_timeout}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
