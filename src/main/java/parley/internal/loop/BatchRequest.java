package parley.internal.loop;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages collected in a {@link WriteBatch} down the chain, as one request. When it is
 * written, its requests are written; when it fails, they fail. But requests whose bytes the kernel
 * accepted before a failure count as written. The codec's filter passes their {@code messageSent}
 * on.
 */
public final class BatchRequest implements WriteRequest {

  private static final long[] NO_TIMES = {};

  /** MINA's future of a request that nobody else sees; it stores nothing. */
  private static final WriteFuture NOBODYS = new DefaultWriteRequest(new Object()).getFuture();

  private final byte[] bytes;
  private final WriteRequest[] requests;
  private final int[] ends;
  private final int answers;
  private final WriteFuture future;
  private final @Nullable IoBuffer buffer; // the bytes, for filters
  private @Nullable Object message; // null for the bytes themselves
  private int taken;
  private long since;
  private int timed;
  private long[] others = NO_TIMES;

  /**
   * Creates a batch of messages.
   *
   * @param bytes the bytes of all messages
   * @param filtered whether it goes down the chain, where filters may replace its message
   * @param requests the requests of messages that have one, in order
   * @param ends where the bytes of each request end
   * @param answers the number of messages without a request
   */
  BatchRequest(
      IoSession session,
      byte[] bytes,
      boolean filtered,
      WriteRequest[] requests,
      int[] ends,
      int answers) {
    this.bytes = bytes;
    this.buffer = filtered ? IoBuffer.wrap(bytes) : null;
    this.message = buffer;
    this.requests = requests;
    this.ends = ends;
    this.answers = answers;
    this.future = requests.length == 0 && !filtered ? NOBODYS : new Futures(session);
  }

  /**
   * Sets when the answered requests were read, in nanoseconds of the loop's clock.
   *
   * @param read when the requests of {@code count} answers were read
   * @param earlier when those of other answers were
   */
  void time(long read, int count, long[] earlier) {
    since = read;
    timed = count;
    others = earlier;
  }

  /** Counts how long its requests have waited until now, when the kernel has all its bytes. */
  void countAnswers(IoSession session, EventLoop loop) {
    if (timed == 0 && others.length == 0) {
      return; // without reading the clock
    }
    long now = loop.nanos();
    SessionState state = SessionState.of(session);
    if (timed > 0) {
      state.countAnswers(session, now - since, timed);
    }
    for (long each : others) {
      state.countAnswers(session, now - each, 1);
    }
  }

  /** Returns whether it has bytes to write, and no file. */
  boolean isBytes() {
    return message == null || message instanceof IoBuffer;
  }

  /** Returns the number of bytes still to be written. */
  int remaining() {
    return message == null ? bytes.length - taken : LoopWriter.remaining(message);
  }

  /** Copies as many of the unwritten bytes as fit. */
  void copyTo(ByteBuffer out) {
    if (message == null) {
      out.put(bytes, taken, Math.min(remaining(), out.remaining()));
    } else {
      LoopWriter.copy(message, out);
    }
  }

  /**
   * Notes that the kernel accepted more bytes. If the rest fails, the messages within them count as
   * written.
   */
  void took(int count) {
    if (message == null) {
      taken += count;
    } else {
      ((IoBuffer) message).skip(count);
      taken = message == buffer ? taken + count : taken;
    }
  }

  /** Returns its requests, in order. */
  public WriteRequest[] requests() {
    return requests;
  }

  /** Returns the number of its messages without a request. */
  public int answers() {
    return answers;
  }

  /** Returns the number of its messages. */
  int size() {
    return requests.length + answers;
  }

  @Override
  public WriteRequest getOriginalRequest() {
    return this;
  }

  @Override
  public WriteFuture getFuture() {
    return future;
  }

  @Override
  public Object getMessage() {
    Object known = message;
    return known == null ? IoBuffer.wrap(bytes, taken, remaining()).asReadOnlyBuffer() : known;
  }

  @Override
  public void setMessage(Object modified) {
    message = modified;
  }

  @Override
  public Object getOriginalMessage() {
    return getMessage();
  }

  @Override
  public @Nullable SocketAddress getDestination() {
    return null;
  }

  @Override
  public boolean isEncoded() {
    return false;
  }

  /** Completes the futures of all requests. A listener that throws must not stop the others. */
  private final class Futures extends DefaultWriteFuture {

    Futures(IoSession session) {
      super(session);
    }

    @Override
    public void setWritten() {
      try {
        super.setWritten();
      } catch (RuntimeException | Error thrown) {
        getSession().getFilterChain().fireExceptionCaught(thrown);
      }
      for (WriteRequest request : requests) {
        try {
          request.getFuture().setWritten();
        } catch (RuntimeException | Error thrown) {
          getSession().getFilterChain().fireExceptionCaught(thrown);
        }
      }
    }

    @Override
    public void setException(Throwable cause) {
      try {
        super.setException(cause);
      } catch (RuntimeException | Error thrown) {
        Listeners.failed(thrown);
      }
      for (int i = 0; i < requests.length; i++) {
        WriteFuture each = requests[i].getFuture();
        try {
          if (ends[i] <= taken) {
            each.setWritten();
          } else {
            each.setException(cause);
          }
        } catch (RuntimeException | Error thrown) {
          Listeners.failed(thrown);
        }
      }
    }
  }
}
