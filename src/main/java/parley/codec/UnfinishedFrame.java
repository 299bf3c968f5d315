package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;

/**
 * The bytes of an unfinished frame, in an array that grows to about twice the received bytes, and
 * shrinks with the bytes that are left. Each byte is copied at most a few times, whatever the
 * number of reads.
 */
final class UnfinishedFrame {

  private static final byte[] NONE = {};
  private static final int LEAST_ROOM = 64;

  private byte[] bytes = NONE;
  private int from;
  private int to;
  private long copied;

  boolean isEmpty() {
    return from == to;
  }

  long copied() {
    return copied;
  }

  void forget() {
    bytes = NONE;
    from = 0;
    to = 0;
  }

  /** Returns the kept bytes followed by those of a read; if nothing is kept, the read itself. */
  IoBuffer with(IoBuffer read) {
    if (isEmpty()) {
      return read;
    }
    int count = read.remaining();
    makeRoom(count);
    read.get(bytes, to, count);
    copied += count;
    to += count;
    return IoBuffer.wrap(bytes, from, to - from);
  }

  private void makeRoom(int count) {
    if (count <= bytes.length - to) {
      return;
    }
    int length = to - from;
    int sum = length + count;
    boolean halfIsFree = sum <= bytes.length && length <= from; // moves at most the bytes taken
    move(halfIsFree ? bytes : new byte[Math.max(sum, 2 * length)]);
  }

  private void move(byte[] into) {
    int length = to - from;
    System.arraycopy(bytes, from, into, 0, length);
    copied += length;
    bytes = into;
    from = 0;
    to = length;
  }

  /** Keeps the next bytes of the buffer that {@link #with} returned, and nothing else. */
  void keep(IoBuffer all, int count) {
    if (count == 0) {
      forget();
    } else if (isEmpty()) {
      bytes = new byte[Math.max(count, LEAST_ROOM)];
      all.get(bytes, 0, count);
      copied += count;
      from = 0;
      to = count;
    } else {
      from = all.position();
      to = from + count;
      if (bytes.length > 4L * count + LEAST_ROOM) {
        move(new byte[Math.max(count, LEAST_ROOM)]);
      }
    }
  }
}
