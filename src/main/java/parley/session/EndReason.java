package parley.session;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The reason why a session ends or has ended; the first one, if there were several. */
public enum EndReason {
  /** The peer closed its side, and everything that it sent was answered. */
  PEER(Party.PEER),
  /** This side closed it: the handler, a filter, or the code that holds the session. */
  CLOSED(Party.PROTOCOL),
  /** The handler answered with its last answer. */
  LAST_ANSWER(Party.PROTOCOL),
  /** The server shuts down gracefully. */
  DRAIN(Party.PARLEY),
  /** Nothing was read, sent or pending for the idle timeout. */
  IDLE_TIMEOUT(Party.PARLEY),
  /** The first frame did not come in time. */
  FIRST_FRAME_TIMEOUT(Party.PARLEY),
  /** A frame that the peer began was not complete in time. */
  FRAME_TIMEOUT(Party.PARLEY),
  /** An answer did not come in time. */
  ANSWER_TIMEOUT(Party.PARLEY),
  /** The handshake, or the header of a proxy, did not come in time. */
  HANDSHAKE_TIMEOUT(Party.PARLEY),
  /** The peer sent an invalid frame, header or handshake, or exceeded a limit. */
  REFUSED(Party.PARLEY),
  /** The peer's stream ended inside a frame. */
  CUT_SHORT(Party.PEER),
  /** The peer accepted too little of the data that waited to be sent to it. */
  SLOW_READER(Party.PARLEY),
  /** More waited to be sent than a limit allows. */
  OUTBOUND_LIMIT(Party.PARLEY),
  /** The connection was lost: reset by the peer, or broken. */
  RESET(Party.PEER),
  /** The handler, a filter or the codec failed. */
  FAULT(Party.PROTOCOL);

  /** The parties that end sessions. */
  public enum Party {
    /** The peer, or the network between. */
    PEER,
    /** The protocol's code on this side, or the code that holds the session. */
    PROTOCOL,
    /** Parley on this side: for a limit, a deadline, invalid input, or a drain. */
    PARLEY;

    /** {@return the party as logs and figures write it, such as {@code peer}} */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Set<EndReason> NORMAL = EnumSet.of(PEER, CLOSED, LAST_ANSWER, DRAIN);

  private final Party endedBy;

  EndReason(Party endedBy) {
    this.endedBy = endedBy;
  }

  /** {@return the party that ends a session for this reason} */
  public Party endedBy() {
    return endedBy;
  }

  /** {@return whether something was wrong; false if one side ended the session as it should} */
  public boolean isAbnormal() {
    return !NORMAL.contains(this);
  }

  /** {@return the reason as logs and figures write it, such as {@code idle_timeout}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
