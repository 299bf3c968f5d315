package bench.shared;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import bench.shared.RespReply.Int64;
import bench.shared.RespReply.SimpleError;
import bench.shared.RespReply.SimpleString;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys and values in memory, at most {@value #MAX_BYTES} bytes of them. Any thread may call it; a
 * change that would exceed the bound is refused.
 */
final class RespStore {

  /** The bound on keys and values; each pair counts {@value #PAIR_BYTES} bytes extra. */
  static final long MAX_BYTES = 64 << 20;

  /** The keys that a {@link #set} may change. */
  enum Which {
    ANY,
    NEW,
    KNOWN
  }

  private static final int PAIR_BYTES = 64;
  private static final SimpleError NO_INTEGER =
      new SimpleError("ERR value is not an integer or out of range");
  private static final SimpleError OVERFLOW =
      new SimpleError("ERR increment or decrement would overflow");
  private static final SimpleError FULL =
      new SimpleError("OOM command not allowed when used memory > 'maxmemory'.");

  private final Map<String, byte[]> values = new ConcurrentHashMap<>();
  private long bytes; // guarded by this, as is each change

  /** Returns the value of a key, or null. */
  byte[] get(byte[] key) {
    return values.get(text(key));
  }

  int size() {
    return values.size();
  }

  synchronized long usedBytes() {
    return bytes;
  }

  /** Returns OK, Null if the condition excludes the key, or an error. */
  synchronized RespReply set(byte[] key, byte[] value, Which which) {
    boolean known = values.containsKey(text(key));
    if (known ? which == Which.NEW : which == Which.KNOWN) {
      return new RespReply.Null();
    }
    return put(text(key), value) ? new SimpleString("OK") : FULL;
  }

  /** Returns whether the key existed. */
  synchronized boolean delete(byte[] key) {
    byte[] old = values.remove(text(key));
    if (old != null) {
      bytes -= key.length + PAIR_BYTES + old.length;
    }
    return old != null;
  }

  /** Returns the number after the change, or an error. */
  synchronized RespReply increment(byte[] key) {
    byte[] old = get(key);
    String number = old == null ? "0" : text(old);
    if (!number.matches("0|-?[1-9][0-9]{0,18}")) {
      return NO_INTEGER;
    }
    try {
      long value = Long.parseLong(number);
      if (value == Long.MAX_VALUE) {
        return OVERFLOW;
      }
      byte[] next = Long.toString(value + 1).getBytes(ISO_8859_1);
      return put(text(key), next) ? new Int64(value + 1) : FULL;
    } catch (NumberFormatException e) {
      return NO_INTEGER;
    }
  }

  private boolean put(String key, byte[] value) {
    byte[] old = values.get(key);
    int more = value.length + (old == null ? key.length() + PAIR_BYTES : -old.length);
    if (more > 0 && bytes + more > MAX_BYTES) {
      return false;
    }
    bytes += more;
    values.put(key, value);
    return true;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }
}
