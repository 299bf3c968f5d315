package parley.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.transport.socket.nio.NioSession;
import parley.internal.telemetry.LoopMeter;

/** Reads the sessions of a loop, once per turn each. Used on the event-loop thread only. */
final class Reader {

  /**
   * The maximum number of bytes per turn; less is read if much of the data read before waits for
   * its turn.
   */
  static final int MOST = 64 * 1024;

  private static final int LEAST = 4 * 1024;

  private final EventLoop loop;
  private final ByteBuffer in;
  private IoBuffer shared = IoBuffer.allocate(MOST, false);

  private final long mostWaiting;
  private long waiting;
  private long readAt; // 0 outside of a read

  /**
   * Creates the reader of a loop.
   *
   * @param in the buffer for reads, {@value #MOST} bytes
   * @param mostWaiting the number of bytes waiting for a turn at which the minimum is read; from 4
   *     MiB below it, reads become smaller
   */
  Reader(EventLoop loop, ByteBuffer in, long mostWaiting) {
    this.loop = loop;
    this.in = in;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Reads once, and passes the data on. Remaining data shows up in the next turn. The end of stream
   * never comes together with data.
   *
   * @return the number of bytes read
   */
  int read(NioSession session) {
    if (Input.of(session).isSuspended()) {
      return 0;
    }
    in.clear().limit(Math.min(room(), session.getConfig().getMaxReadBufferSize()));
    int count;
    try {
      count = session.getChannel().read(in);
    } catch (IOException e) {
      EventLoop.end(session, e);
      return 0;
    }
    readAt = loop.nanos();
    try {
      pass(session, count);
    } finally {
      readAt = 0;
    }
    if (count != 0) {
      Outbound.served(session);
    }
    SessionDeadlines deadlines = count > 0 ? SessionState.of(session).deadlines() : null;
    if (deadlines != null) {
      deadlines.read(loop.tick());
    }
    return Math.max(0, count);
  }

  /** Passes on the data of a read, or the end of the stream. */
  private void pass(NioSession session, int count) {
    if (count > 0) {
      LoopMeter meter = SessionState.of(session).meter();
      if (meter != null) {
        meter.read(count);
      }
      deliver(session);
    } else if (count < 0) {
      Input.of(session).setEnded();
      loop.updateTrafficControl(session);
      session.getFilterChain().fireInputClosed();
    }
  }

  /** Passes on the data that was read, in a new buffer if a receiver may keep it. */
  private void deliver(NioSession session) {
    in.flip();
    int count = in.remaining();
    SessionState.CodecState codec = SessionState.of(session).codec();
    if (codec == null || !codec.readsInPlace()) {
      byte[] bytes = new byte[count];
      in.get(bytes);
      session.getFilterChain().fireMessageReceived(IoBuffer.wrap(bytes));
      return;
    }
    in.get(shared.array(), 0, count);
    try {
      session.getFilterChain().fireMessageReceived(shared.clear().limit(count));
    } finally {
      if (!codec.readsInPlace()) { // another thread may have added a filter that keeps it
        shared = IoBuffer.allocate(MOST, false);
      }
    }
  }

  /**
   * Returns when the data that is passed on now was read, in nanoseconds of the loop's clock; 0
   * outside of a read.
   */
  long readAt() {
    return readAt;
  }

  /** Adds to the number of bytes that wait for a turn; negative to subtract. */
  void addWaiting(int bytes) {
    waiting += bytes;
  }

  private int room() {
    return (int) Math.max(LEAST, Math.min(MOST, (mostWaiting - waiting) / 64));
  }
}
