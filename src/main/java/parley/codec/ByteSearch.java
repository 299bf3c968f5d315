package parley.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds a byte: by eight bytes at a time, and from {@link #NEAR} on by 32. */
final class ByteSearch {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  /** Most lines are shorter. */
  private static final int NEAR = 64;

  private ByteSearch() {}

  /** Returns where a byte is in a range for the first time, or -1. */
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

  /** Returns where 32 bytes have it, or where fewer than 32 are left. */
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

  /** Returns a bit for each zero byte of the eight; the lowest is that of the first one. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGH;
  }
}
