package parley.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read into records (RFC 8446, 5.1), and turns plain bytes into records. Of what is
 * read it keeps at most one record that is not whole; buffers to work in are those of the thread.
 */
final class Records {

  static final int ALERT = 21;

  private static final int HEADER = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;
  private static final int MOST_PLAIN = 1 << 14;
  private static final int MOST_RECORD = HEADER + MOST_PLAIN + 2048; // of TLS 1.2, the longer one
  private static final int SCRATCH = 1 << 17;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final ThreadLocal<ByteBuffer> WRAPPED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(SCRATCH));

  private final SSLEngine engine;
  private @Nullable ByteBuffer part;
  private boolean finished;

  Records(SSLEngine engine) {
    this.engine = engine;
  }

  /**
   * The next whole record, to be unwrapped; or what no record begins with, for the engine to
   * refuse. Null if there is none: then all that was read has been taken.
   */
  @Nullable ByteBuffer next(ByteBuffer in) {
    ByteBuffer begun = part;
    if (begun == null) {
      if (in.remaining() >= HEADER) {
        int length = length(in, in.position());
        if (length <= in.remaining()) {
          return in;
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

  private static ByteBuffer begin(ByteBuffer in, int length) {
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

  /** Of a whole record; that of its header where the engine will refuse it. */
  private static int length(ByteBuffer from, int at) {
    int length = HEADER + (from.getShort(at + 3) & 0xFFFF);
    return isRecord(from.get(at)) && length <= MOST_RECORD ? length : HEADER;
  }

  /** Of a record that {@link #next} has given. */
  static int type(ByteBuffer record) {
    return record.get(record.position());
  }

  SSLEngineResult unwrap(ByteBuffer record, ByteBuffer plain) throws SSLException {
    return engine.unwrap(record, plain);
  }

  /** Records with all of some plain bytes, whose position stays. */
  IoBuffer wrap(ByteBuffer plain) throws SSLException {
    ByteBuffer from = plain.duplicate();
    int most = (from.remaining() / MOST_PLAIN + 2) * engine.getSession().getPacketBufferSize();
    ByteBuffer into = most <= SCRATCH ? WRAPPED.get().clear() : ByteBuffer.allocate(most);
    while (from.hasRemaining()) {
      SSLEngineResult result = engine.wrap(from, into);
      if (result.getStatus() != SSLEngineResult.Status.OK) {
        throw new SSLException("cannot be sent: " + result.getStatus());
      }
    }
    return copy(into);
  }

  /** What the engine has to say by itself: of a handshake, an alert; may be nothing. */
  IoBuffer wrapOwn(ByteBuffer into) throws SSLException {
    SSLEngineResult result;
    do {
      result = engine.wrap(NOTHING, into);
      if (result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED) {
        finished = true;
      }
    } while (result.bytesProduced() > 0
        && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
        && into.remaining() >= engine.getSession().getPacketBufferSize());
    return copy(into);
  }

  /** Whether a handshake has ended since this was asked last. */
  boolean takeFinished() {
    boolean was = finished;
    finished = false;
    return was;
  }

  private static IoBuffer copy(ByteBuffer from) {
    byte[] bytes = new byte[from.position()];
    from.get(0, bytes);
    return IoBuffer.wrap(bytes);
  }

  static ByteBuffer scratch() {
    return WRAPPED.get().clear();
  }
}
