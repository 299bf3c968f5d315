package parley.internal.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * How many connections wait in the kernel to be accepted, by listening address: the column {@code
 * rx_queue} of the sockets in state LISTEN in Linux' {@code /proc/self/net/tcp} and {@code tcp6},
 * which have all sockets of the process's network namespace. The kernel walks all its sockets for
 * these files, so they are read at most once in {@value #SECONDS} s, on the thread that asks.
 * Thread-safe.
 */
public final class AcceptQueues {

  /** The queues of this process's network namespace. */
  public static final AcceptQueues OWN = new AcceptQueues(Path.of("/proc"), System::nanoTime);

  private static final int SECONDS = 5;
  private static final String LISTEN = "0A";

  private final Path proc;
  private final LongSupplier nanos;
  private Map<InetSocketAddress, Integer> waiting = Map.of();
  private long readAt;
  private boolean isRead;

  AcceptQueues(Path proc, LongSupplier nanos) {
    this.proc = proc;
    this.nanos = nanos;
  }

  /**
   * Returns the number of connections that waited at an address when the files were last read.
   *
   * @param listening the bound address and port
   * @return the number; empty for an address that is not listening, and on other systems
   */
  public synchronized OptionalInt at(InetSocketAddress listening) {
    long now = nanos.getAsLong();
    if (!isRead || now - readAt >= Duration.ofSeconds(SECONDS).toNanos()) {
      waiting = read();
      readAt = now;
      isRead = true;
    }
    Integer count = waiting.get(listening);
    if (count == null && listening.getAddress().isAnyLocalAddress()) {
      count = waiting.get(new InetSocketAddress("::", listening.getPort())); // of both families
    }
    return count == null ? OptionalInt.empty() : OptionalInt.of(count);
  }

  /**
   * Returns the limit of a queue: the backlog that was requested, or the system's limit if that is
   * lower.
   */
  public int limit(int backlog) {
    try {
      // in one read: readString starts with one byte, and the kernel gives no more after that
      List<String> lines = Files.readAllLines(proc.resolve("sys/net/core/somaxconn"));
      return Math.min(backlog, Integer.parseInt(lines.get(0).strip()));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return backlog; // not Linux
    }
  }

  private Map<InetSocketAddress, Integer> read() {
    Map<InetSocketAddress, Integer> found = new HashMap<>();
    for (String table : List.of("self/net/tcp", "self/net/tcp6")) {
      try {
        for (String line : Files.readAllLines(proc.resolve(table))) {
          if (line.contains(' ' + LISTEN + ' ')) { // before it is split: most sockets do not listen
            add(found, line.strip().split("\\s+"));
          }
        }
      } catch (IOException e) {
        // not Linux, or without IPv6
      }
    }
    return found;
  }

  private static void add(Map<InetSocketAddress, Integer> found, String[] row)
      throws UnknownHostException {
    if (row.length < 5 || !row[3].equals(LISTEN)) {
      return;
    }
    String[] local = row[1].split(":", 2);
    int port = Integer.parseInt(local[1], 16);
    int queued = Integer.parseUnsignedInt(row[4].substring(row[4].indexOf(':') + 1), 16);
    found.merge(new InetSocketAddress(address(local[0]), port), queued, Integer::sum);
  }

  /** Returns an address from the kernel's form: words of 32 bits in the machine's byte order. */
  private static InetAddress address(String hex) throws UnknownHostException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    ByteBuffer words = ByteBuffer.wrap(bytes);
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int i = 0; i < bytes.length; i += Integer.BYTES) {
        words.putInt(i, Integer.reverseBytes(words.getInt(i)));
      }
    }
    return InetAddress.getByAddress(bytes); // an IPv4 address, if an IPv6 socket has one
  }
}
