package parley.internal.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read of one session into records (RFC 8446, 5.1); keeps at most one that is not
 * whole.
 */
final class Records {

  static final int CHANGE_CIPHER_SPEC = 20;
  static final int ALERT = 21;
  static final int HANDSHAKE = 22;
  static final int DATA = 23;

  /**
   * Records in a row that bring no data: key updates, warnings, empty ones. Each costs this side as
   * much work as the peer or more, and TLS has no bound for them (BoringSSL takes 32, Go 16).
   */
  static final int MOST_WITHOUT = 32;

  private static final int HEADER = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;
  private static final int MOST_PLAIN = 1 << 14; // RFC 8446, 5.1 and RFC 5246, 6.2.1
  private static final int MOST_OF_TLS_1_3 = MOST_PLAIN + 256; // RFC 8446, 5.2
  private static final int MOST_OF_TLS_1_2 = MOST_PLAIN + 2048; // RFC 5246, 6.2.3

  private @Nullable ByteBuffer part;
  private long parts;
  private int withoutData;
  private int mostPlain = MOST_PLAIN;
  private int mostData = MOST_OF_TLS_1_3; // data before the end of a handshake is of that version

  /** From now on all records are encrypted, as this version does. */
  void encrypted(boolean isTls13) {
    mostPlain = isTls13 ? MOST_OF_TLS_1_3 : MOST_OF_TLS_1_2;
    mostData = mostPlain;
  }

  /**
   * The next whole record, to be unwrapped; or the header of one that {@link #isTooLong}, or what
   * no record begins with, for the engine to refuse. Null if there is none: then all that was read
   * has been taken.
   */
  @Nullable ByteBuffer next(ByteBuffer in) {
    ByteBuffer begun = part;
    if (begun == null) {
      if (in.remaining() >= HEADER) {
        int length = length(in, in.position());
        if (length <= in.remaining()) {
          ByteBuffer record = in.slice(in.position(), length);
          in.position(in.position() + length);
          return record;
        }
      } else if (!in.hasRemaining() || isRecord(in.get(in.position()))) {
        part = in.hasRemaining() ? begin(in, HEADER) : null;
        return null;
      } else {
        return ByteBuffer.allocate(HEADER).put(in).rewind(); // not even a header
      }
      part = begin(in, length(in, in.position()));
      return null;
    }
    fill(begun, in);
    if (!begun.hasRemaining() && begun.capacity() == HEADER) {
      begun = ByteBuffer.allocate(Math.max(HEADER, length(begun, 0))).put(begun.flip());
      part = begun;
      fill(begun, in);
    }
    if (begun.hasRemaining()) {
      return null;
    }
    part = null;
    return begun.flip();
  }

  /** The number of the record that is begun and not whole; 0 if there is none. */
  long begun() {
    return part == null ? 0 : parts;
  }

  /** Counts a record with a number of bytes of data; returns whether too many came without. */
  boolean areTooManyWithout(int bytes) {
    withoutData = bytes > 0 ? 0 : withoutData + 1;
    return withoutData > MOST_WITHOUT;
  }

  private ByteBuffer begin(ByteBuffer in, int length) {
    parts++;
    return ByteBuffer.allocate(length).put(in);
  }

  private static void fill(ByteBuffer part, ByteBuffer in) {
    int count = Math.min(part.remaining(), in.remaining());
    part.put(in.slice().limit(count));
    in.position(in.position() + count);
  }

  private static boolean isRecord(byte type) {
    return type >= FIRST_TYPE && type <= LAST_TYPE;
  }

  /** Whether what {@link #next} has given begins as a record does. */
  static boolean isRecord(ByteBuffer record) {
    return isRecord(record.get(record.position()));
  }

  /** Of a whole record; that of its header where it is refused. */
  private int length(ByteBuffer from, int at) {
    boolean isWhole = isRecord(from.get(at)) && announced(from, at) <= most(from.get(at));
    return isWhole ? HEADER + announced(from, at) : HEADER;
  }

  private static int announced(ByteBuffer from, int at) {
    return from.getShort(at + 3) & 0xFFFF;
  }

  private int most(byte type) {
    return type == DATA ? mostData : mostPlain;
  }

  /** Whether what {@link #next} has given is the header of a record that is longer than allowed. */
  boolean isTooLong(ByteBuffer record) {
    return isRecord(record) && announced(record, record.position()) > most((byte) type(record));
  }

  /** Of a record that {@link #next} has given. */
  static int type(ByteBuffer record) {
    return record.get(record.position());
  }
}
