package parley.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds bytes, eight at a time, and from {@link #NEAR} on 32. */
final class Bytes {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  /** Most lines end before. */
  private static final int NEAR = 64;

  private Bytes() {}

  /** Where the first of such bytes is in a range, or -1. */
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

  /** Where the next 32 hold it, or there are no more so many before the last. */
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

  /** Not 0 if a byte of the eight is; the lowest bit that is set is at the first one. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGH;
  }
}
