package parley.transport;

import java.io.File;
import java.nio.channels.FileChannel;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;

/**
 * One read, the frames in it, their answers, and the one write that carries those: collects what is
 * written on the loop's thread between {@link #open} and {@link #close}, and hands it down as one
 * {@link Batch}, or as several where it is much. What other threads wrote comes from the {@link
 * Handover}: before the next write of this turn, or in a turn without a read.
 *
 * <p>A loop has one, for one session at a time, and it is empty between two. Its methods are called
 * on the loop's thread.
 */
public final class Turn {

  /** So much is collected before it is handed down. */
  private static final int FULL = 64 * 1024;

  /** A longer message is handed down by itself, and not copied. */
  private static final int LONG = 8 * 1024;

  /** Encodes a session's message after what a buffer holds, as its codec does. */
  public interface Encoding {
    /** Puts it, or throws; then nothing of it is sent. */
    void put(IoSession session, Object message, IoBuffer out) throws Exception;
  }

  /** What is bytes already. */
  private static final Encoding COPY = (session, bytes, out) -> copy((IoBuffer) bytes, out);

  private final EventLoop loop;
  private final Collected collected = new Collected(FULL);
  private @Nullable IoSession session;
  private @Nullable WriteQueue queue; // the session's
  private @Nullable NextFilter below;
  private @Nullable Encoding codec;
  private boolean takesAnswers;
  private boolean answersAtOnce;
  private boolean handedDown;

  Turn(EventLoop loop) {
    this.loop = loop;
  }

  /** From an array, if there is one: by the JDK's put of a buffer a few bytes take 20 ns more. */
  private static void copy(IoBuffer from, IoBuffer to) {
    if (from.hasArray()) {
      to.put(from.array(), from.arrayOffset() + from.position(), from.remaining());
      from.position(from.limit());
    } else {
      to.put(from);
    }
  }

  /** The turn that is open for a session, if the caller is on its loop's thread and in it. */
  public static @Nullable Turn of(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    return loop != null && loop.isLoopThread() && loop.turn().session == session
        ? loop.turn()
        : null;
  }

  /**
   * Opens the turn of a session; it is in flight until {@link #close}.
   *
   * @param below where its batches go
   * @return null off the loop's thread, and inside another turn: what is written then goes its own
   *     way
   */
  public static @Nullable Turn open(IoSession session, NextFilter below) {
    EventLoop loop = EventLoop.of(session);
    if (loop == null || !loop.isLoopThread() || loop.turn().session != null) {
      return null;
    }
    InFlight.of(session).enter();
    Turn turn = loop.turn();
    turn.collected.clear();
    turn.session = session;
    turn.queue = WriteQueue.of(session);
    turn.below = below;
    turn.codec = null;
    turn.takesAnswers = false;
    turn.answersAtOnce = false;
    turn.handedDown = false;
    return turn;
  }

  /**
   * Says how messages are encoded. Without it, as at the beginning, it takes bytes only.
   *
   * @param answers the handler whose answers it takes without a request, or null
   */
  public void encodeBy(Encoding how, @Nullable Answerer answers) {
    IoSession owner = session;
    codec = how;
    if (answers != null && owner != null && !answers.tellsSent()) {
      takesAnswers = true;
      SessionState.Answers pending = SessionState.of(owner).answers();
      answersAtOnce = pending == null || !(pending.any() || pending.hasEnded());
    }
  }

  /** Whether it holds what was written and is not handed down yet. */
  public boolean isHolding() {
    return !collected.isEmpty();
  }

  /**
   * A message is encoded by other means from now on, until {@link #endEncoding}.
   *
   * @throws IllegalStateException inside an encoder
   */
  public void beginEncoding() {
    if (collected.isEncoding()) {
      throw new IllegalStateException("write inside an encoder");
    }
    collected.setEncoding(true);
  }

  /** Ends what {@link #beginEncoding} began. */
  public void endEncoding() {
    collected.setEncoding(false);
  }

  /** Whether a message of it is being encoded. */
  boolean isEncoding() {
    return collected.isEncoding();
  }

  /** Whether an answer that is there at once may go into it: none has to be sent before. */
  public boolean takesAnswersAtOnce() {
    return answersAtOnce;
  }

  /** From now on answers have to wait for earlier ones. */
  public void takeNoAnswersAtOnce() {
    answersAtOnce = false;
  }

  /** Does what other threads have handed over until now, before something is written. */
  public void runBefore() {
    if (session != null && queue != null && queue.hasHandedOver()) {
      Handover.runBefore(session);
    }
  }

  /**
   * Puts an answer into the turn, without a request.
   *
   * @return false if the turn takes no such answers: write it then
   * @throws Exception of the encoder; nothing of it is sent
   */
  public boolean answer(Object message) throws Exception {
    IoSession owner = session;
    if (codec == null || owner == null || !takesAnswers || isFile(message)) {
      return false;
    }
    runBefore();
    if (message instanceof IoBuffer bytes) {
      if (!bytes.hasRemaining() || bytes.remaining() > LONG) {
        return false;
      }
      encode(bytes.duplicate(), COPY);
    } else {
      encode(message, codec);
    }
    collected.addAnswer();
    handDownIfFull();
    return true;
  }

  /** What MINA writes as it is, with its own means. */
  private static boolean isFile(Object message) {
    return message instanceof FileRegion
        || message instanceof FileChannel
        || message instanceof File;
  }

  /**
   * Encodes a message and adds its request.
   *
   * @return false if nobody has said how it is encoded
   * @throws Exception of the encoder; nothing of it is sent
   */
  public boolean add(WriteRequest request, Object message) throws Exception {
    if (codec == null) {
      return false;
    }
    encode(message, codec);
    add(request);
    return true;
  }

  private void encode(Object message, Encoding how) throws Exception {
    if (session == null || collected.isEncoding()) {
      throw new IllegalStateException("write inside an encoder, or in a turn that is over");
    }
    collected.encode(session, message, how);
  }

  private void add(WriteRequest request) {
    int before = collected.add(request);
    if (queue != null) {
      queue.collected(collected.size() - before);
    }
    handDownIfFull();
  }

  /**
   * Adds a request with its bytes, or returns false: they are many, and to be handed down as is.
   */
  public boolean addBytes(WriteRequest request, IoBuffer bytes) {
    if (bytes.remaining() > LONG) {
      handDown();
      return false;
    }
    try {
      encode(bytes, COPY);
    } catch (Exception e) {
      throw new IllegalStateException(e); // putting bytes into a buffer that grows
    }
    add(request);
    return true;
  }

  private void handDownIfFull() {
    if (collected.isFull()) {
      handDown();
    }
  }

  /**
   * Hands down what was collected, before something else is.
   *
   * @throws IllegalStateException inside an encoder: half a message would go with it
   */
  public void handDown() {
    if (collected.isEncoding()) {
      throw new IllegalStateException("write or close inside an encoder");
    }
    IoSession owner = session;
    NextFilter next = below;
    if (owner == null || next == null || collected.isEmpty()) {
      return;
    }
    try {
      next.filterWrite(owner, collected.take(owner));
    } catch (Error alreadyReported) {
      // MINA's chain has failed the futures and told exceptionCaught
    } finally {
      if (queue != null) {
        queue.handedDown();
      }
    }
  }

  /** As {@link #handDown} of a session's turn, if it is in one. Called on its loop's thread. */
  public static void handDownOf(IoSession session) {
    Turn turn = of(session);
    if (turn != null) {
      turn.handDown();
    }
  }

  /** Whether it is the session's, which then is flushed when it is over: something was queued. */
  boolean flushesWhenOver(IoSession flushed) {
    boolean its = session == flushed;
    handedDown |= its;
    return its;
  }

  /** Between two frames: writes if much has been handed down, so that it does not pile up. */
  public void writeIfMuch() {
    if (handedDown && session instanceof NioSession nio) {
      handedDown = false;
      EventLoop.flushNow(nio);
    }
  }

  /** Ends the turn: all is handed down, to be written in this round. */
  public void close() {
    IoSession owner = session;
    if (owner == null) {
      return;
    }
    try {
      handDown();
    } finally {
      session = null;
      queue = null;
      below = null;
      if (handedDown) {
        loop.turnOver((NioSession) owner);
      }
      InFlight.of(owner).leave();
    }
  }
}
