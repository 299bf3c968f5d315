package example.resp;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Values by key, up to a number of bytes. Any thread may call its methods; an update is atomic. The
 * arrays of the values are not copied, and must not be changed.
 */
final class Store {

  /**
   * The cost of a key in addition to its bytes and its value's: about the size of the JVM's
   * objects.
   */
  static final int ENTRY_BYTES = 128;

  private final ConcurrentMap<String, byte[]> values = new ConcurrentHashMap<>();
  private final AtomicLong used = new AtomicLong();
  private final int maxBytes;

  Store(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  byte @Nullable [] get(String key) {
    return values.get(key);
  }

  /**
   * Changes the value of a key.
   *
   * @param change returns the new value for the current one, null for none; called once
   * @return the value before
   * @throws CommandException if there is too little room; then nothing has changed
   */
  byte @Nullable [] update(String key, UnaryOperator<byte @Nullable []> change) {
    byte[][] before = new byte[1][];
    values.compute(
        key,
        (same, value) -> {
          byte[] next = change.apply(value);
          reserve(bytes(key, next) - bytes(key, value));
          before[0] = value;
          return next;
        });
    return before[0];
  }

  private static int bytes(String key, byte @Nullable [] value) {
    return value == null ? 0 : ENTRY_BYTES + key.length() + value.length;
  }

  private void reserve(int more) {
    if (more == 0) {
      return;
    }
    if (used.addAndGet(more) > maxBytes && more > 0) {
      used.addAndGet(-more);
      throw new CommandException("OOM command not allowed when used memory > 'maxmemory'.");
    }
  }

  int size() {
    return values.size();
  }

  long usedBytes() {
    return used.get();
  }

  int maxBytes() {
    return maxBytes;
  }
}
