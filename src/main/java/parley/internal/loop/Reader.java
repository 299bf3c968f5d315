package parley.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.transport.socket.nio.NioSession;

/** Reads the sessions of a loop, once a turn each. Used on the loop's thread only. */
final class Reader {

  /** So much is read in a turn, and less where much of what was read waits for its turn. */
  static final int MOST = 64 * 1024;

  private static final int LEAST = 4 * 1024;

  private final EventLoop loop;
  private final ByteBuffer in;
  private IoBuffer shared = IoBuffer.allocate(MOST, false);

  private final long mostWaiting;
  private long waiting;

  /**
   * The reader of a loop.
   *
   * @param in is read into, {@value #MOST} bytes
   * @param mostWaiting with so many bytes waiting for a turn the least is read, and with up to 4
   *     MiB fewer less than the most
   */
  Reader(EventLoop loop, ByteBuffer in, long mostWaiting) {
    this.loop = loop;
    this.in = in;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Reads once, and hands on what came. What is left shows up in the next turn; the end of stream
   * never comes with data.
   *
   * @return how many bytes were read
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
    if (count > 0) {
      deliver(session);
    } else if (count < 0) {
      Input.of(session).setEnded();
      loop.updateTrafficControl(session);
      session.getFilterChain().fireInputClosed();
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

  /** Hands on what was read, in a buffer of the receiver's own if anybody may keep it. */
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

  /** Notes that so many bytes more of what was read wait for a turn, or fewer if it is negative. */
  void addWaiting(int bytes) {
    waiting += bytes;
  }

  private int room() {
    return (int) Math.max(LEAST, Math.min(MOST, (mostWaiting - waiting) / 64));
  }
}
