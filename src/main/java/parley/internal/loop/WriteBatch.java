package parley.internal.loop;

import java.io.File;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameEncoder;

/**
 * Collects a session's writes while the frames of one read are handled. It passes them down the
 * chain as one {@link BatchRequest}, or as several if they are large. Writes of other threads come
 * from the {@link Handover}: before the next write of this batch, or in a batch without a read.
 *
 * <p>Each event loop has one batch. It is open for one session at a time, and empty between two
 * sessions. Call its methods on the event-loop thread.
 */
public final class WriteBatch {

  /** The number of bytes at which the batch is passed down. */
  private static final int FULL_BYTES = 64 * 1024;

  /**
   * The number of requests at which it is passed down: requests use memory too, however short their
   * messages are.
   */
  private static final int FULL_REQUESTS = 1024;

  /** A longer message is passed down by itself, and not copied. */
  private static final int LONG_BYTES = 8 * 1024;

  private static final WriteRequest[] NO_REQUESTS = {};
  private static final int[] NO_ENDS = {};
  private static final long[] NO_TIMES = {};

  /** The chain of a session, below the batch. */
  public interface Chain {

    /** Returns whether no filter in it handles writes. */
    boolean isDirect(IoSession session);
  }

  private final EventLoop loop;
  private final List<WriteRequest> requests = new ArrayList<>();
  private IoBuffer buffer = newBuffer(); // the encoded messages, one after the other
  private int[] ends = new int[64]; // where the bytes of each request end
  private int answers; // messages without a request
  private int timed; // answers to requests of this turn's read
  private long since; // when that was read, in nanoseconds; 0 if that is not asked for yet
  private long[] others = NO_TIMES; // when requests of earlier reads were read, that are answered
  private int otherCount;
  private boolean encoding; // half a message may be in the buffer
  private @Nullable IoSession session;
  private @Nullable WriteQueue queue;
  private @Nullable NextFilter below;
  private @Nullable FrameEncoder<Object> encoder;
  private @Nullable Chain chain;
  private boolean takesAnswers;
  private boolean answersAtOnce;
  private boolean passedDown;

  WriteBatch(EventLoop loop) {
    this.loop = loop;
  }

  private static IoBuffer newBuffer() {
    return IoBuffer.allocate(FULL_BYTES, false).setAutoExpand(true);
  }

  /** Returns the batch that is open for a session, if the caller is on its loop's thread. */
  public static @Nullable WriteBatch of(IoSession session) {
    EventLoop loop = SessionState.of(session).loop();
    return loop != null && loop.isLoopThread() && loop.batch().session == session
        ? loop.batch()
        : null;
  }

  /**
   * Opens the batch for a session, which counts as in progress until {@link #close}.
   *
   * @param below where the batch is passed down
   * @param chain checked each time, because a handler may add a filter
   * @return null off the loop's thread and while the batch is open; writes then bypass the batch
   */
  public static @Nullable WriteBatch open(IoSession session, NextFilter below, Chain chain) {
    EventLoop loop = EventLoop.of(session);
    WriteQueue queue = WriteQueue.of(session);
    if (loop == null || queue == null || !loop.isLoopThread() || loop.batch().session != null) {
      return null;
    }
    InFlight.of(session).enter();
    WriteBatch batch = loop.batch();
    batch.clear();
    batch.session = session;
    batch.queue = queue;
    batch.below = below;
    batch.chain = chain;
    batch.encoder = null;
    batch.takesAnswers = false;
    batch.answersAtOnce = false;
    batch.passedDown = false;
    batch.since = loop.reader().readAt();
    return batch;
  }

  /**
   * Returns when the frames of its turn were read, in nanoseconds of the loop's clock; now, if they
   * come from elsewhere.
   */
  public long since() {
    if (since == 0) {
      since = loop.nanos();
    }
    return since;
  }

  /** Sets when the frames of its turn were read. */
  public void readAt(long nanos) {
    since = nanos;
  }

  /**
   * Sets the encoder of messages; without one the batch accepts only bytes.
   *
   * @param its appends a message to the batch's bytes
   * @param answersToo whether {@link #answer} may put answers into the batch
   */
  public void encodeBy(FrameEncoder<Object> its, boolean answersToo) {
    IoSession owner = session;
    encoder = its;
    if (answersToo && owner != null) {
      takesAnswers = true;
      SessionState.Answers pending = SessionState.of(owner).answers();
      answersAtOnce = pending == null || !(pending.any() || pending.hasEnded());
    }
  }

  /** Returns whether it holds messages that are not passed down yet. */
  public boolean isHolding() {
    return !requests.isEmpty() || answers > 0;
  }

  /**
   * Starts encoding a message by other means than the batch's encoder.
   *
   * @throws IllegalStateException inside an encoder
   */
  public void beginEncoding() {
    if (encoding) {
      throw new IllegalStateException("write inside an encoder");
    }
    encoding = true;
  }

  /** Ends the encoding that {@link #beginEncoding} started. */
  public void endEncoding() {
    encoding = false;
  }

  /** Returns whether a message is being encoded. */
  boolean isEncoding() {
    return encoding;
  }

  /** Returns whether an answer may go into the batch at once: no earlier one is pending. */
  public boolean takesAnswersAtOnce() {
    return answersAtOnce;
  }

  /** Makes later answers wait for an earlier one. */
  public void takeNoAnswersAtOnce() {
    answersAtOnce = false;
  }

  /** Runs the steps that other threads have handed over so far, before something is written. */
  public void runBefore() {
    if (session != null && queue != null && queue.hasHandedOver()) {
      Handover.runBefore(session);
    }
  }

  /**
   * Puts an answer into the batch, without a request.
   *
   * @param began when its request was read, in nanoseconds of the loop's clock; 0 if this message
   *     completes no answer
   * @return false if the batch does not accept the answer; write it as a message then
   * @throws Exception from the encoder; nothing of the answer is sent
   */
  public boolean answer(Object message, long began) throws Exception {
    if (encoder == null || session == null || !takesAnswers || isFile(message)) {
      return false;
    }
    runBefore();
    if (message instanceof IoBuffer bytes) {
      if (!bytes.hasRemaining() || bytes.remaining() > LONG_BYTES) {
        return false;
      }
      encode(bytes.duplicate(), null);
    } else {
      encode(message, encoder);
    }
    answers++;
    if (began != 0 && began == since) {
      timed++;
    } else if (began != 0) {
      addOther(began);
    }
    passDownIfFull();
    return true;
  }

  private void addOther(long began) {
    if (otherCount == others.length) {
      others = Arrays.copyOf(others, Math.max(16, 2 * otherCount));
    }
    others[otherCount++] = began;
  }

  /** Returns whether MINA writes a message by its own means. */
  private static boolean isFile(Object message) {
    return message instanceof FileRegion
        || message instanceof FileChannel
        || message instanceof File;
  }

  /**
   * Encodes a message and adds its request.
   *
   * @return false if the batch has no encoder
   * @throws Exception from the encoder; nothing of the message is sent
   */
  public boolean add(WriteRequest request, Object message) throws Exception {
    if (encoder == null) {
      return false;
    }
    encode(message, encoder);
    add(request);
    return true;
  }

  /**
   * Adds a request with its bytes; returns false if they are many: pass the request down as it is.
   */
  public boolean addBytes(WriteRequest request, IoBuffer bytes) {
    if (bytes.remaining() > LONG_BYTES) {
      passDown();
      return false;
    }
    try {
      encode(bytes, null);
    } catch (Exception e) {
      throw new IllegalStateException(e); // no encoder runs
    }
    add(request);
    return true;
  }

  /** Encodes a message, or copies bytes if there is no encoder. An error leaves nothing of it. */
  private void encode(Object message, @Nullable FrameEncoder<Object> how) throws Exception {
    if (session == null || encoding) {
      throw new IllegalStateException("write inside an encoder, or in a batch that is closed");
    }
    if (buffer.order() != ByteOrder.BIG_ENDIAN || !buffer.isAutoExpand()) {
      buffer.order(ByteOrder.BIG_ENDIAN).setAutoExpand(true); // another encoder may have changed it
    }
    int before = buffer.position();
    encoding = true;
    boolean done = false;
    try {
      if (how == null) {
        copy((IoBuffer) message);
      } else {
        how.encode(message, buffer);
      }
      done = true;
    } finally {
      encoding = false;
      if (!done) {
        buffer.position(before);
      }
    }
  }

  /**
   * Copies bytes, from an array if there is one: for a few bytes, the JDK's put of a buffer takes
   * 20 ns more.
   */
  private void copy(IoBuffer from) {
    if (from.hasArray()) {
      buffer.put(from.array(), from.arrayOffset() + from.position(), from.remaining());
      from.position(from.limit());
    } else {
      buffer.put(from);
    }
  }

  /** Adds the request of the last encoded message. */
  private void add(WriteRequest request) {
    int count = requests.size();
    int begin = count == 0 ? 0 : ends[count - 1];
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[count] = buffer.position();
    requests.add(request);
    if (queue != null) {
      queue.outbound().collected(buffer.position() - begin);
    }
    passDownIfFull();
  }

  private void passDownIfFull() {
    if (buffer.position() >= FULL_BYTES || requests.size() >= FULL_REQUESTS) {
      passDown();
    }
  }

  /**
   * Passes the collected messages down, before something else is.
   *
   * @throws IllegalStateException inside an encoder: half a message would be passed down
   */
  public void passDown() {
    if (encoding) {
      throw new IllegalStateException("write or close inside an encoder");
    }
    IoSession owner = session;
    NextFilter next = below;
    WriteQueue its = queue;
    if (owner == null || next == null || its == null || !isHolding()) {
      return;
    }
    boolean direct = chain != null && chain.isDirect(owner);
    BatchRequest request;
    try {
      request = take(owner, !direct);
    } catch (Error noMemory) { // a very long message: the collected messages are lost
      fail(its, noMemory);
      return;
    }
    try {
      if (direct) {
        queue(its, request);
      } else {
        next.filterWrite(owner, request);
      }
    } catch (Error alreadyReported) {
      // MINA's chain has failed the futures and called exceptionCaught
    } finally {
      its.outbound().passedDown();
    }
  }

  /** Ends the session, and fails the futures of the collected messages. */
  private void fail(WriteQueue its, Error failure) {
    List<WriteRequest> failed = List.copyOf(requests);
    clear();
    its.fail(failure);
    failed.forEach(each -> Listeners.fail(each.getFuture(), failure));
  }

  /**
   * Queues a request. A failure, for lack of memory or stack, leaves a hole in the stream, so it
   * ends the session.
   */
  private static void queue(WriteQueue queue, BatchRequest request) {
    try {
      queue.queue(request);
    } catch (RuntimeException | Error failure) {
      request.getFuture().setException(failure);
      queue.fail(failure);
    }
  }

  private BatchRequest take(IoSession owner, boolean filtered) {
    int from = buffer.arrayOffset();
    byte[] bytes = Arrays.copyOfRange(buffer.array(), from, from + buffer.position());
    boolean none = requests.isEmpty();
    WriteRequest[] its = none ? NO_REQUESTS : requests.toArray(NO_REQUESTS);
    int[] itsEnds = none ? NO_ENDS : Arrays.copyOf(ends, its.length);
    long[] itsOthers = otherCount == 0 ? NO_TIMES : Arrays.copyOf(others, otherCount);
    BatchRequest request = new BatchRequest(owner, bytes, filtered, its, itsEnds, answers);
    request.time(since, timed, itsOthers);
    clear();
    return request;
  }

  /** Clears the batch: no session ever sees data of another one. */
  private void clear() {
    requests.clear();
    answers = 0;
    timed = 0;
    otherCount = 0;
    if (buffer.capacity() > 2 * FULL_BYTES) {
      buffer = newBuffer();
    }
    buffer.clear();
  }

  /** Calls {@link #passDown} on a session's batch, if it is open. */
  public static void passDownOf(IoSession session) {
    WriteBatch batch = of(session);
    if (batch != null) {
      batch.passDown();
    }
  }

  /** Returns whether it is open for a session, which then is flushed when the batch is closed. */
  boolean flushesWhenClosed(IoSession flushed) {
    boolean its = session == flushed;
    passedDown |= its;
    return its;
  }

  /** Returns whether messages were passed down that are not written yet. */
  public boolean hasPassedDown() {
    return passedDown;
  }

  /** Writes the messages already passed down, between two frames, so that they do not pile up. */
  public void writePassedDown() {
    if (passedDown && session instanceof NioSession nio) {
      passedDown = false;
      EventLoop.flushNow(nio);
    }
  }

  /** Passes everything down, to be written in this round. */
  public void close() {
    IoSession owner = session;
    if (owner == null) {
      return;
    }
    try {
      passDown();
    } finally {
      session = null;
      queue = null;
      below = null;
      chain = null;
      if (passedDown) {
        loop.batchClosed((NioSession) owner);
      }
      InFlight.of(owner).leave();
    }
  }
}
