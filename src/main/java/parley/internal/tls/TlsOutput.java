package parley.internal.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteToClosedSessionException;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import parley.internal.chain.OwnRequest;
import parley.internal.loop.EventLoop;
import parley.internal.loop.InFlight;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.internal.loop.WriteQueue;
import parley.internal.telemetry.LoopMeter;

/**
 * The encrypted output of one session. Used on the session's loop, so that the records are in wire
 * order and no lock is held while they go down the chain.
 */
final class TlsOutput {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The buffer of each loop's thread. */
  private static final ThreadLocal<ByteBuffer> WRAPPED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(1 << 17));

  private final IoSession session;
  private final SSLEngine engine;
  private final NextFilter next;
  private volatile boolean open;
  private boolean finished;
  private boolean broken;

  TlsOutput(IoSession session, SSLEngine engine, NextFilter next) {
    this.session = session;
    this.engine = engine;
    this.next = next;
  }

  /** Accepts messages from now on: the session is secured. */
  void open() {
    open = true;
  }

  boolean isOpen() {
    return open;
  }

  /** Wraps a message and queues it; fails its future if it cannot be sent. */
  void write(WriteRequest request) {
    if (!(request.getMessage() instanceof IoBuffer plain)) {
      throw new IllegalArgumentException(
          "message: "
              + request.getMessage().getClass().getName()
              + " under TLS (expected: IoBuffer)");
    }
    IoBuffer records;
    try {
      records = open && !broken ? wrap(plain.buf()) : null;
    } catch (SSLException | RuntimeException e) {
      broken = true;
      request.getFuture().setException(e instanceof SSLException ? e : new SSLException(e));
      EventLoop.onLoopOf(session, session::closeNow); // a record is missing now
      return;
    }
    if (records == null) {
      request.getFuture().setException(new WriteToClosedSessionException(request));
    } else {
      request.setMessage(records);
      next.filterWrite(session, request);
    }
  }

  /** Returns the records for all of some plain bytes, whose position stays; null after the end. */
  private @Nullable IoBuffer wrap(ByteBuffer plain) throws SSLException {
    ByteBuffer from = plain.duplicate();
    ByteBuffer into = WRAPPED.get().clear();
    while (from.hasRemaining()) {
      SSLEngineResult result = engine.wrap(from, into);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        into = ByteBuffer.allocate(2 * into.capacity()).put(into.flip());
      } else if (result.getStatus() == Status.CLOSED) {
        if (into.position() > 0) {
          next.filterWrite(session, new OwnRequest(copy(into))); // an alert carries the reason
        }
        return null;
      } else if (result.bytesProduced() == 0) {
        throw new SSLException("cannot be sent: " + result.getStatus());
      }
    }
    return copy(into);
  }

  /** Queues the engine's own records; returns whether there were any. */
  boolean sendOwn() throws SSLException {
    IoBuffer bytes = wrapOwn();
    if (bytes.hasRemaining()) {
      next.filterWrite(session, new OwnRequest(bytes));
    }
    return bytes.hasRemaining();
  }

  /** Returns the engine's own bytes, of a handshake or an alert; may be empty. */
  private IoBuffer wrapOwn() throws SSLException {
    ByteBuffer into = WRAPPED.get().clear();
    SSLEngineResult result;
    do {
      result = engine.wrap(NOTHING, into);
      finished |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    } while (result.bytesProduced() > 0
        && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && into.remaining() >= engine.getSession().getPacketBufferSize());
    return copy(into);
  }

  /** Returns a copy of the bytes that were put into a buffer. */
  static IoBuffer copy(ByteBuffer from) {
    int begin = from.arrayOffset();
    return IoBuffer.wrap(Arrays.copyOfRange(from.array(), begin, begin + from.position()));
  }

  /** Returns whether the handshake ended with the last output. */
  boolean hasFinished() {
    return finished;
  }

  /** Sends a last alert of this side's own, if the engine has none. */
  void sendAlert(int description) {
    broken = true;
    byte[] alert = {Records.ALERT, 3, 3, 0, 2, 2, (byte) description};
    next.filterWrite(session, new OwnRequest(IoBuffer.wrap(alert)));
  }

  /** Sends close_notify, once, after everything written. */
  void close() {
    if (!broken && !engine.isOutboundDone()) {
      engine.closeOutbound();
      try {
        sendOwn();
      } catch (SSLException e) {
        // the session closes without close_notify
      }
    }
  }

  /** Sends close_notify for a session that closes now, if that cuts nothing. */
  void closeNow() {
    WriteBatch batch = WriteBatch.of(session);
    int own = batch == null ? 0 : 1;
    boolean cuts =
        (batch != null && batch.isHolding())
            || InFlight.of(session).count() > own
            || WriteQueue.hasDropped(
                session) // a record is missing: the peer could not decrypt another
            || WriteQueue.isAnyWaiting(session);
    if (open && !broken && !cuts && !engine.isOutboundDone()) {
      engine.closeOutbound();
      writeAtOnce();
    }
  }

  /** Sends the engine's own records past the queue, if nothing waits there: there is room. */
  void writeAtOnce() {
    if (!WriteQueue.isAnyWaiting(session)
        && session instanceof NioSession nio
        && nio.getChannel() instanceof SocketChannel channel) {
      try {
        int count = channel.write(wrapOwn().buf());
        LoopMeter meter = SessionState.of(session).meter();
        if (meter != null && count > 0) {
          nio.increaseWrittenBytes(count, System.currentTimeMillis());
          meter.written(count);
        }
      } catch (IOException e) {
        // the peer is gone
      }
    }
  }
}
