package parley.protocol;

/**
 * The names of Parley's filters in a session's chain, in their order from the network up. A
 * protocol adds its own filters beside them in {@link Protocol#extend}.
 */
public final class FilterNames {

  /** The outermost filter: guards the event loop, names the association in the log, and lingers. */
  public static final String CONNECTION = "connection";

  /** Reads the header of a trusted proxy, if any proxy is trusted. On the server's side only. */
  public static final String PROXY_PROTOCOL = "proxy-protocol";

  /** Encrypts and decrypts, if TLS is configured. */
  public static final String TLS = "tls";

  /** Decodes bytes to frames and encodes frames to bytes. */
  public static final String CODEC = "codec";

  /** Handles deadlines, half-close and drain. On the server's side only. */
  public static final String DRAIN = "drain";

  /** Runs the handler on executor threads, if it has any. On the server's side only. */
  public static final String EXECUTOR = "executor";

  /** The innermost filter: the first fault ends the session. */
  public static final String FAULT = "fault";

  private FilterNames() {}
}
