package parley.transport;

import java.io.File;
import java.nio.channels.FileChannel;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;

/**
 * One read, the frames in it, their answers, and the one write that carries those: collects what is
 * written on the loop's thread between {@link #open} and {@link #close}, and hands it down as one
 * {@link Batch}.
 *
 * <p>A loop has one, for one session at a time, and it is empty between two. Order is kept: what
 * another thread writes meanwhile, or asks to close, waits behind what was collected before.
 * Methods without another word are called on the loop's thread.
 */
public final class Turn {

  /** So much is collected before it is handed down. */
  private static final int FULL = 64 * 1024;

  /** A longer message is handed down by itself, and not copied. */
  private static final int LONG = 8 * 1024;

  /** Encodes a session's message behind what a buffer holds, as its codec does. */
  public interface Encoding {
    /** Puts it, or throws; then nothing of it is sent. */
    void put(IoSession session, Object message, IoBuffer out) throws Exception;
  }

  /** What is bytes already. */
  private static final Encoding COPY = (session, bytes, out) -> out.put((IoBuffer) bytes);

  private final EventLoop loop;
  private final Collected collected = new Collected(FULL);
  private final Behind behind = new Behind();
  private boolean handedDown;
  private boolean takesAnswers;
  private @Nullable Encoding codec;
  private @Nullable NextFilter below;

  Turn(EventLoop loop) {
    this.loop = loop;
  }

  /** The turn that is open for a session, if the caller is on its loop's thread and in it. */
  public static @Nullable Turn of(IoSession session) {
    EventLoop loop = EventLoop.of(session);
    return loop != null && loop.turn().isOf(session) && loop.isLoopThread() ? loop.turn() : null;
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
    if (loop == null || !loop.isLoopThread() || loop.turn().behind.session() != null) {
      return null;
    }
    Turn turn = loop.turn();
    InFlight.of(session).enter();
    turn.collected.clear();
    turn.handedDown = false;
    turn.codec = null;
    turn.takesAnswers = false;
    turn.below = below;
    turn.behind.open(session);
    return turn;
  }

  private boolean isOf(IoSession asked) {
    return behind.session() == asked;
  }

  /**
   * Runs an action behind what the session's open turn has collected so far, if there is one and
   * the caller is on another thread. Any thread may call.
   *
   * @return whether it was taken; if not, there is nothing to wait for
   */
  public static boolean takesBehind(IoSession session, Runnable action) {
    EventLoop loop = EventLoop.of(session);
    if (loop == null || !loop.turn().isOf(session) || loop.isLoopThread()) {
      return false;
    }
    return loop.turn().behind.take(session, action);
  }

  /**
   * Says how messages are encoded. Without it, as at the beginning, it takes bytes only.
   *
   * @param answersToo whether it takes answers without a request
   */
  public void encodeBy(Encoding how, boolean answersToo) {
    codec = how;
    takesAnswers = answersToo;
  }

  /** Whether it holds what was written and is not handed down yet. */
  public boolean isHolding() {
    return !collected.isEmpty();
  }

  /** Whether answers go into it without a request. */
  public boolean takesAnswers() {
    return takesAnswers;
  }

  /** From now on answers are written with requests: some have to wait for earlier ones. */
  public void takeNoAnswers() {
    takesAnswers = false;
  }

  /**
   * Puts an answer into the turn, without a request.
   *
   * @return false if the turn takes no such answers: write it then
   * @throws Exception of the encoder; nothing of it is sent
   */
  public boolean answer(Object message) throws Exception {
    if (codec == null || !takesAnswers || isFile(message)) {
      return false;
    }
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
    IoSession owner = behind.session();
    if (owner == null || collected.isEncoding()) {
      throw new IllegalStateException("write inside an encoder, or in a turn that is over");
    }
    if (behind.isWaiting()) {
      handDown();
    }
    collected.encode(owner, message, how);
  }

  private void add(WriteRequest request) {
    collected.add(request);
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
   * Hands down what was collected, and then what waits behind it, before something else is.
   *
   * @throws IllegalStateException inside an encoder: half a message would go with it
   */
  public void handDown() {
    if (collected.isEncoding()) {
      throw new IllegalStateException("write or close inside an encoder");
    }
    handDownCollected();
    behind.run();
  }

  private void handDownCollected() {
    IoSession owner = behind.session();
    NextFilter next = below;
    if (owner == null || next == null || collected.isEmpty()) {
      return;
    }
    Batch batch = collected.take(owner);
    countScheduled((AbstractIoSession) owner, batch.size() - 1); // MINA counts the batch as one
    try {
      handDown(next, owner, batch);
    } catch (Error alreadyReported) {
      // MINA's chain has failed the futures and told exceptionCaught; what is behind goes on
    }
  }

  private static void countScheduled(AbstractIoSession session, int messages) {
    for (int i = 0; i < messages; i++) {
      session.increaseScheduledWriteMessages();
    }
  }

  /** Hands a request down the chain; it is in flight until its {@code messageSent}. */
  public static void handDown(NextFilter next, IoSession session, WriteRequest request) {
    InFlight inFlight = InFlight.of(session);
    inFlight.enter();
    try {
      next.filterWrite(session, request);
    } finally {
      if (request.getFuture().getException() != null) {
        inFlight.leave(); // refused by a filter below: it will never be sent
      }
    }
  }

  /** Whether it is the session's, which then is flushed when it is over: something was queued. */
  boolean flushesWhenOver(IoSession flushed) {
    boolean its = isOf(flushed);
    handedDown |= its;
    return its;
  }

  /** Between two frames: writes if much has been handed down, so that it does not pile up. */
  public void writeIfMuch() {
    if (handedDown && behind.session() instanceof NioSession nio) {
      handedDown = false;
      EventLoop.flushNow(nio);
    }
  }

  /** Ends the turn: all is handed down, to be written in this round. */
  public void close() {
    NioSession owner = (NioSession) behind.session();
    if (owner == null) {
      return;
    }
    try {
      do {
        handDown();
      } while (!behind.closeIfNobodyWaits());
    } finally {
      behind.close();
      below = null;
      if (handedDown) {
        loop.turnOver(owner);
      }
      InFlight.of(owner).leave();
    }
  }
}
