package parley.session;

/**
 * Marks an exception that says what the peer sent is not taken: it ends the session as a {@code
 * FrameException} does, and is nobody's defect here.
 */
public interface PeerFault {}
