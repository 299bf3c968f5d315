package parley.telemetry;

import java.util.Locale;

/** The limits for which a listener rejects a connection. */
public enum Rejection {
  /** Connections in total. */
  CONNECTIONS,
  /** Connections from one address. */
  CONNECTIONS_PER_ADDRESS,
  /** New connections per second. */
  CONNECTIONS_PER_SECOND,
  /** File descriptors of the process. */
  DESCRIPTORS;

  /** {@return the limit as logs and figures write it, such as {@code connections_per_address}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
