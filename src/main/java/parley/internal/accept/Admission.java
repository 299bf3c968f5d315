package parley.internal.accept;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.TokenBucket;

/**
 * Decides which connections a listener takes: how many in all, from one source address, and a
 * second. An IPv6 source is a network of 64 bits, as one site has them all (RFC 6177). It keeps
 * only addresses that have a connection. Any thread may call.
 */
public final class Admission {

  /** A limit that a connection can be beyond. */
  public enum Limit {
    /** Connections in all. */
    CONNECTIONS("too many connections"),
    /** Connections of one source address. */
    PER_ADDRESS("too many connections from one address"),
    /** New connections a second. */
    PER_SECOND("too many connections a second"),
    /** Descriptors of the process. */
    DESCRIPTORS("no descriptor left");

    private final String text;

    Limit(String text) {
      this.text = text;
    }
  }

  /** What is allowed, each at least 1; {@code burst} connections may come at once after a rest. */
  public record Bounds(int connections, int perAddress, int perSecond, int burst) {

    /** What a limit is and its bound, such as {@code too many connections: more than 20000}. */
    public String text(Limit limit) {
      if (limit == Limit.DESCRIPTORS) {
        return limit.text; // a bound of the system's
      }
      int bound =
          switch (limit) {
            case CONNECTIONS -> connections;
            case PER_ADDRESS -> perAddress;
            default -> perSecond;
          };
      return limit.text + ": more than " + bound;
    }
  }

  private final Bounds bounds;
  private final Map<Source, Integer> byAddress = new HashMap<>();
  private final TokenBucket rate;
  private int connections;

  /** Admits within bounds. */
  public Admission(Bounds bounds) {
    this.bounds = bounds;
    rate = new TokenBucket(bounds.perSecond, bounds.burst, System.nanoTime());
  }

  /** Counts a connection in, or says which limit it is beyond: then it does not count. */
  public synchronized @Nullable Limit enter(InetAddress source) {
    if (connections >= bounds.connections) {
      return Limit.CONNECTIONS;
    }
    Source key = new Source(source);
    int its = byAddress.getOrDefault(key, 0);
    if (its >= bounds.perAddress) {
      return Limit.PER_ADDRESS;
    }
    if (!rate.take(System.nanoTime())) { // last: who is refused takes none of the others' rate
      return Limit.PER_SECOND;
    }
    byAddress.put(key, its + 1);
    connections++;
    return null;
  }

  /** As {@link #enter}, of one whose source is {@link #name}d later, or never. */
  public synchronized @Nullable Limit enterUnnamed() {
    if (connections >= bounds.connections) {
      return Limit.CONNECTIONS;
    }
    if (!rate.take(System.nanoTime())) {
      return Limit.PER_SECOND;
    }
    connections++;
    return null;
  }

  /** Says whose a connection is that was counted in; it is counted out as such if it may be. */
  public synchronized @Nullable Limit name(InetAddress source) {
    Source key = new Source(source);
    int its = byAddress.getOrDefault(key, 0);
    if (its >= bounds.perAddress) {
      return Limit.PER_ADDRESS;
    }
    byAddress.put(key, its + 1);
    return null;
  }

  /** Counts a connection out that was never named. */
  public synchronized void leaveUnnamed() {
    connections--;
  }

  /** Counts a connection out that was counted in. */
  public synchronized void leave(InetAddress source) {
    connections--;
    byAddress.computeIfPresent(new Source(source), (any, its) -> its == 1 ? null : its - 1);
  }

  /** How many connections there are. */
  public synchronized int connections() {
    return connections;
  }

  /** How many addresses they come from. */
  public synchronized int addresses() {
    return byAddress.size();
  }

  /** An address, or the first half of one that is IPv6. */
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
