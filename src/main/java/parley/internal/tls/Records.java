package parley.internal.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Splits one session's input into records (RFC 8446, 5.1); keeps at most one unfinished record. */
final class Records {

  static final int CHANGE_CIPHER_SPEC = 20;
  static final int ALERT = 21;
  static final int HANDSHAKE = 22;
  static final int DATA = 23;

  /** The type, the version and the length of a record. */
  static final int HEADER = 5;

  /**
   * The maximum number of records in a row without data: key updates, warnings, empty ones. Each
   * costs this side at least as much work as the peer, and TLS has no limit for them (BoringSSL
   * accepts 32, Go 16).
   */
  static final int MOST_WITHOUT = 32;

  private static final int MOST_PLAIN = 1 << 14; // RFC 8446, 5.1 and RFC 5246, 6.2.1
  private static final int MOST_OF_TLS_1_3 = MOST_PLAIN + 256; // RFC 8446, 5.2
  private static final int MOST_OF_TLS_1_2 = MOST_PLAIN + 2048; // RFC 5246, 6.2.3

  private @Nullable ByteBuffer part;
  private long parts;
  private int withoutData;
  private int mostPlain = MOST_PLAIN;
  private int mostData = MOST_OF_TLS_1_3; // data before the end of a handshake is TLS 1.3

  /** Notes that from now on all records are encrypted, as in this version. */
  void encrypted(boolean isTls13) {
    mostPlain = isTls13 ? MOST_OF_TLS_1_3 : MOST_OF_TLS_1_2;
    mostData = mostPlain;
  }

  /**
   * Returns the next complete record, to be unwrapped; or, for the engine to refuse, the header of
   * one that {@link #isTooLong}, or bytes that start no record. Returns null if there is none: then
   * all input has been taken.
   */
  @Nullable ByteBuffer next(ByteBuffer in) {
    ByteBuffer begun = part;
    if (begun == null) {
      if (!in.hasRemaining()) {
        return null;
      }
      boolean hasHeader = in.remaining() >= HEADER;
      if (!hasHeader && !isRecord(in)) {
        return ByteBuffer.allocate(HEADER).put(in).rewind();
      }
      int length = hasHeader ? length(in) : HEADER;
      if (length <= in.remaining()) {
        ByteBuffer record = in.slice(in.position(), length);
        in.position(in.position() + length);
        return record;
      }
      begun = ByteBuffer.allocate(length);
      parts++;
    }
    fill(begun, in);
    if (!begun.hasRemaining() && begun.capacity() == HEADER) {
      begun = ByteBuffer.allocate(length(begun.flip())).put(begun);
      fill(begun, in);
    }
    part = begun.hasRemaining() ? begun : null;
    return part == null ? begun.flip() : null;
  }

  private static void fill(ByteBuffer part, ByteBuffer in) {
    int count = Math.min(part.remaining(), in.remaining());
    part.put(in.slice().limit(count));
    in.position(in.position() + count);
  }

  /** Returns the number of the unfinished record; 0 if there is none. */
  long begun() {
    return part == null ? 0 : parts;
  }

  /** Counts a record by its bytes of data; returns whether too many in a row had none. */
  boolean areTooManyWithout(int bytes) {
    withoutData = bytes > 0 ? 0 : withoutData + 1;
    return withoutData > MOST_WITHOUT;
  }

  /** Returns the type of the record at the start of a buffer. */
  static int type(ByteBuffer record) {
    return record.get(record.position());
  }

  /** Returns whether a buffer starts like a record. */
  static boolean isRecord(ByteBuffer record) {
    return type(record) >= CHANGE_CIPHER_SPEC && type(record) <= DATA;
  }

  /** Returns the length of a complete record; only that of its header if it is refused. */
  private int length(ByteBuffer record) {
    return isRecord(record) && !isTooLong(record) ? HEADER + announced(record) : HEADER;
  }

  private static int announced(ByteBuffer record) {
    return record.getShort(record.position() + 3) & 0xFFFF;
  }

  /** Returns whether a buffer starts with the header of a record that is longer than allowed. */
  boolean isTooLong(ByteBuffer record) {
    return isRecord(record) && announced(record) > (type(record) == DATA ? mostData : mostPlain);
  }
}
