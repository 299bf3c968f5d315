package parley.protocol;

/**
 * The names of Parley's filters in a session's chain, in their order from the network up. A
 * protocol puts filters of its own beside them in {@link Protocol#extend}.
 */
public final class FilterNames {

  /** Outermost: guards the event loop, names the association in the log, lets a close linger. */
  public static final String CONNECTION = "connection";

  /** The header of a trusted proxy, if there are any. The server's side only. */
  public static final String PROXY_PROTOCOL = "proxy-protocol";

  /** TLS, if it is spoken. */
  public static final String TLS = "tls";

  /** Bytes to frames and back. */
  public static final String CODEC = "codec";

  /** Deadlines, half-close, drain. The server's side only. */
  public static final String DRAIN = "drain";

  /** The handler on threads of its own, if it has some. The server's side only. */
  public static final String EXECUTOR = "executor";

  /** Last: a session ends by its first fault. */
  public static final String FAULT = "fault";

  private FilterNames() {}
}
