package parley.session;

/**
 * A mark of exceptions for invalid input from the peer. Such an exception ends the session like a
 * {@code FrameException}, and is not a defect on this side.
 */
public interface PeerFault {}
