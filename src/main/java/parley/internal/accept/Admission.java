package parley.internal.accept;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import parley.internal.telemetry.TokenBucket;
import parley.telemetry.Rejection;

/**
 * Decides which connections a listener accepts, by limits in total, per source address and per
 * second. An IPv6 source is a /64 network, because one site has all its addresses (RFC 6177). Only
 * addresses with a connection are stored. Thread-safe.
 */
public final class Admission {

  /** The bounds, each at least 1; {@code burst} connections may come at once. */
  public record Bounds(int connections, int perAddress, int perSecond, int burst) {

    /** Returns a limit with its bound, such as {@code too many connections: more than 20000}. */
    public String text(Rejection limit) {
      return switch (limit) {
        case CONNECTIONS -> "too many connections: more than " + connections;
        case CONNECTIONS_PER_ADDRESS ->
            "too many connections from one address: more than " + perAddress;
        case CONNECTIONS_PER_SECOND -> "too many connections per second: more than " + perSecond;
        case DESCRIPTORS -> "no descriptor left"; // a bound of the system
      };
    }
  }

  private final Bounds bounds;
  private final Map<Source, Integer> byAddress = new HashMap<>();
  private final TokenBucket rate;
  private int connections;

  /** Creates an admission with bounds. */
  public Admission(Bounds bounds) {
    this.bounds = bounds;
    rate = new TokenBucket(bounds.perSecond, bounds.burst, System.nanoTime());
  }

  /** Counts a connection, or returns the limit that it exceeds; in that case it does not count. */
  public synchronized @Nullable Rejection enter(InetAddress source) {
    if (connections >= bounds.connections) {
      return Rejection.CONNECTIONS;
    }
    Source key = new Source(source);
    int its = byAddress.getOrDefault(key, 0);
    if (its >= bounds.perAddress) {
      return Rejection.CONNECTIONS_PER_ADDRESS;
    }
    if (!rate.take(System.nanoTime())) { // last: a refused client uses no token
      return Rejection.CONNECTIONS_PER_SECOND;
    }
    byAddress.put(key, its + 1);
    connections++;
    return null;
  }

  /**
   * Counts a connection like {@link #enter}; its source is set by {@link #name} later, or never.
   */
  public synchronized @Nullable Rejection enterUnnamed() {
    if (connections >= bounds.connections) {
      return Rejection.CONNECTIONS;
    }
    if (!rate.take(System.nanoTime())) {
      return Rejection.CONNECTIONS_PER_SECOND;
    }
    connections++;
    return null;
  }

  /**
   * Sets the source of a connection that was counted without one, or returns the limit that it
   * exceeds.
   */
  public synchronized @Nullable Rejection name(InetAddress source) {
    Source key = new Source(source);
    int its = byAddress.getOrDefault(key, 0);
    if (its >= bounds.perAddress) {
      return Rejection.CONNECTIONS_PER_ADDRESS;
    }
    byAddress.put(key, its + 1);
    return null;
  }

  /** Stops counting a connection that never got a source. */
  public synchronized void leaveUnnamed() {
    connections--;
  }

  /** Stops counting a connection. */
  public synchronized void leave(InetAddress source) {
    connections--;
    byAddress.computeIfPresent(new Source(source), (any, its) -> its == 1 ? null : its - 1);
  }

  /** Returns the number of connections. */
  public synchronized int connections() {
    return connections;
  }

  /** Returns the number of their addresses. */
  public synchronized int addresses() {
    return byAddress.size();
  }

  /** An IPv4 address, or the first half of an IPv6 address. */
  private record Source(boolean six, long prefix) {

    Source(InetAddress address) {
      this(address instanceof Inet6Address, prefix(address.getAddress()));
    }

    private static long prefix(byte[] address) {
      ByteBuffer bytes = ByteBuffer.wrap(address);
      return address.length == Integer.BYTES ? bytes.getInt() : bytes.getLong();
    }
  }
}
