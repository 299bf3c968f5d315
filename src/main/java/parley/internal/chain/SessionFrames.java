package parley.internal.chain;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.jspecify.annotations.Nullable;
import parley.codec.CodecInternals;
import parley.codec.FrameOutput;
import parley.internal.loop.BatchRequest;
import parley.internal.loop.EventLoop;
import parley.internal.loop.Input;
import parley.internal.loop.Scheduled;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.internal.loop.SessionLimits;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.session.EndReason;

/**
 * Passes one session's frames on as they are decoded, until the session accepts no more, and the
 * notice that its messages are sent. They go up the chain, or by the {@link FastPath} to the
 * handler.
 */
final class SessionFrames implements FrameOutput, SessionState.CodecState {

  /** How long a session keeps the loop's thread before the sockets of others are checked. */
  private static final long ALONE_NANOS = 100_000;

  private final FramingFilter codec;
  private final IoSession session;
  private final Input input;
  private final SessionLifecycle lifecycle;
  private @Nullable NextFilter next;
  private @Nullable IoHandler handler;
  private @Nullable WriteBatch batch;
  private @Nullable WaitingFrames waiting;
  private boolean endWaits;
  private @Nullable ProtocolDecoder decoder;
  private @Nullable ProtocolDecoder kept;
  private int left; // frames of this turn
  private boolean isLater;
  private long began;
  private int delivered; // frames of this session that were handed on, modulo 2^32
  private int deliveredBefore; // the same, before the last bytes came
  private int counted; // the same, as of the last turn's end

  private SessionFrames(FramingFilter codec, IoSession session) {
    this.codec = codec;
    this.session = session;
    this.input = Input.of(session);
    this.lifecycle = SessionLifecycle.of(session);
  }

  /** Returns the frames of a session, created by its first event; called on the session's loop. */
  static SessionFrames of(FramingFilter codec, IoSession session) {
    SessionState state = SessionState.of(session);
    if (state.codec() instanceof SessionFrames known) {
      return known;
    }
    SessionFrames made = new SessionFrames(codec, session);
    state.setCodec(made);
    return made;
  }

  /** Sets where frames go during one event. */
  void to(NextFilter filter, @Nullable IoHandler nextHandler, @Nullable WriteBatch open) {
    next = filter;
    handler = nextHandler;
    batch = open;
    left = SessionLimits.of(session).framesPerTurn();
    isLater = false;
  }

  /** Starts a later turn for the same read: it lasts while no other session waits. */
  void beginLater() {
    isLater = true;
    began = System.nanoTime();
  }

  /** Returns the session's decoder if the codec lets it be stored here; otherwise null. */
  @Nullable ProtocolDecoder decoderOf(ProtocolCodecFactory factory) {
    if (kept == null) {
      kept = CodecInternals.newDecoder(factory);
    }
    return kept;
  }

  /** Sets the decoder of the next bytes. */
  void decodedBy(ProtocolDecoder itsDecoder) {
    decoder = itsDecoder;
    deliveredBefore = delivered;
  }

  /**
   * Returns true if only bytes that the decoder copies leave the buffer, and no other filter
   * receives it.
   */
  @Override
  public boolean readsInPlace() {
    return kept != null && CodecInternals.copiesInput(kept) && FastPath.isFirst(codec, session);
  }

  @Override
  public int delivered() {
    return delivered;
  }

  /**
   * Returns whether the peer has started a frame and not completed it. For a decoder that does not
   * report this, a frame is assumed if the last bytes brought none.
   */
  @Override
  public boolean isInFrame() {
    return decoder != null
        && !input.isEnded()
        && CodecInternals.isInFrame(decoder, delivered == deliveredBefore);
  }

  /** Returns whether frames or bytes of this session wait for another turn. */
  boolean isWaiting() {
    return waiting != null;
  }

  /** Ends the turn; the rest waits for another. */
  void endWaiting() {
    input.setWaiting(waiting == null ? 0 : waiting.size());
  }

  /** Returns the data whose turn it is; it no longer waits. */
  @Nullable WaitingFrames takeWaiting() {
    WaitingFrames taken = waiting;
    waiting = null;
    input.setWaiting(0);
    return taken;
  }

  /** Defers bytes that are not decoded, as a copy if a filter below may reuse them. */
  void waitFor(IoBuffer rest, boolean copied) {
    if (copied) {
      byte[] bytes = new byte[rest.remaining()];
      rest.get(bytes);
      waiting().rest(IoBuffer.wrap(bytes));
    } else {
      waiting().rest(rest);
    }
  }

  /** Defers bytes after the deferred ones: nothing of a session overtakes earlier data. */
  void waitBehind(IoBuffer more) {
    byte[] bytes = new byte[more.remaining()];
    more.get(bytes);
    waiting().behind(bytes);
    endWaiting();
  }

  /** Defers the end of the stream after the deferred data. */
  void endBehind() {
    endWaits = true;
  }

  /** Returns whether it is the turn of a deferred end. */
  boolean takeEnd() {
    boolean now = endWaits && waiting == null;
    endWaits &= !now;
    return now;
  }

  /** Puts the deferred frames back. */
  void waitOn(WaitingFrames still) {
    waiting = still;
  }

  private WaitingFrames waiting() {
    WaitingFrames known = waiting;
    if (known == null) {
      known = new WaitingFrames(batch == null ? EventLoop.nanos(session) : batch.since());
      waiting = known;
    }
    return known;
  }

  @Override
  public boolean takesMore() {
    return waiting == null
        && !lifecycle.isEnding()
        && !input.holdsFrames()
        && (left > 0 || isAlone());
  }

  /**
   * Returns whether no other session waits. With few frames per turn, most of the time would go
   * into needless turns.
   */
  private boolean isAlone() {
    EventLoop loop = isLater ? EventLoop.of(session) : null;
    if (loop == null || loop.hasTasks() || System.nanoTime() - began >= ALONE_NANOS) {
      return false;
    }
    left = SessionLimits.of(session).framesPerTurn();
    return true;
  }

  /** Ends an event. */
  void close() {
    batch = null;
  }

  /** Counts the frames that were handed on since the last count, before their answers are sent. */
  void count() {
    if (delivered != counted) {
      long read = batch == null ? EventLoop.nanos(session) : batch.since();
      SessionState.of(session).countRequests(session, delivered - counted, read);
      counted = delivered;
    }
  }

  /**
   * Returns the handler on the fast path: the turn's handler, or after the turn the current one.
   */
  private @Nullable IoHandler handler() {
    return batch == null ? FastPath.handler(codec, session) : handler;
  }

  boolean isStopped() {
    return lifecycle.isEnding();
  }

  void stop(EndReason reason) {
    lifecycle.beginEnd(reason, QueuedFrames.HANDLED);
  }

  @Override
  public void write(Object frame) {
    if (next == null) {
      return;
    }
    if (!takesMore()) {
      if (!lifecycle.isEnding()) {
        waiting().add(frame); // from a decoder that does not check
      }
      return;
    }
    left--;
    delivered++;
    deliver(next, frame);
    if (batch == null) {
      count(); // of a decoder that passes a frame on outside of a turn
    } else if (batch.hasPassedDown()) {
      count();
      batch.writePassedDown(); // may end the session: not between check and delivery
    }
  }

  private void deliver(NextFilter to, Object frame) {
    if (handler == null) {
      to.messageReceived(session, frame);
      return;
    }
    try {
      handler.messageReceived(session, frame);
    } catch (Throwable thrown) {
      session.getFilterChain().fireExceptionCaught(thrown);
    } finally {
      Thread.interrupted(); // as in ConnectionFilter
    }
  }

  /** Does nothing, because nothing is ever held back. */
  @Override
  public void flush(NextFilter filter, IoSession flushed) {}

  /** Passes on that the messages of a batch are sent. */
  void sent(BatchRequest sent, NextFilter filter) {
    long now = System.currentTimeMillis();
    if (sent.requests().length > 0) {
      sent(sent.requests(), handler(), filter, now);
    }
    Scheduled.written((AbstractIoSession) session, sent, now);
  }

  private void sent(
      WriteRequest[] requests, @Nullable IoHandler notified, NextFilter filter, long now) {
    for (WriteRequest request : requests) {
      if (notified == null) {
        Scheduled.passedOn((AbstractIoSession) session);
        filter.messageSent(session, request);
        continue;
      }
      ((AbstractIoSession) session).increaseWrittenMessages(request, now);
      try {
        notified.messageSent(session, request.getOriginalMessage());
      } catch (Throwable thrown) {
        session.getFilterChain().fireExceptionCaught(thrown);
      } finally {
        Thread.interrupted();
      }
    }
  }
}
