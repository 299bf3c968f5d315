package parley.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A search for a byte, eight bytes at a time, and 32 at a time after {@link #NEAR}. */
final class ByteSearch {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  /** The distance within which most lines end. */
  private static final int NEAR = 64;

  private ByteSearch() {}

  /** Returns the first index of a byte in a range, or -1. */
  static int indexOf(byte[] bytes, int from, int to, byte wanted) {
    long pattern = ONES * (wanted & 0xFF);
    int far = from + NEAR;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      if (at == far) {
        at = skip(bytes, at, to - Long.BYTES, pattern);
      }
      long found = zeros(eight(bytes, at) ^ pattern);
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (bytes[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Returns the start of 32 bytes that contain it, or of the last bytes if fewer than 32 are left.
   */
  private static int skip(byte[] bytes, int from, int last, long pattern) {
    int at = from;
    while (at <= last - 4 * Long.BYTES
        && (zeros(eight(bytes, at) ^ pattern)
                | zeros(eight(bytes, at + Long.BYTES) ^ pattern)
                | zeros(eight(bytes, at + 2 * Long.BYTES) ^ pattern)
                | zeros(eight(bytes, at + 3 * Long.BYTES) ^ pattern))
            == 0) {
      at += 4 * Long.BYTES;
    }
    return at;
  }

  private static long eight(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /** Returns one bit for each zero byte of the eight; the lowest bit is that of the first byte. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGH;
  }
}
