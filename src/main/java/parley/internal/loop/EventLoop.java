package parley.internal.loop;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.SessionState;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioProcessor;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import parley.session.ConnectionResetException;

/**
 * Moves the bytes of its sessions on one thread: waits until sockets are ready, reads each once,
 * runs its filter chain, and writes what was answered.
 *
 * <p>MINA's NioProcessor, but for the turns of its sessions, which it takes itself. An Error does
 * not end it; an interrupt flag that a callback left is cleared; data and end of stream reach the
 * chain apart, the end of stream once; a change of a session's read interest takes effect at once
 * from any thread; its own thread never wakes it up; and a session writes its share, not all it
 * has, before the others' turns.
 */
public final class EventLoop extends NioProcessor {

  private static final AtomicReferenceFieldUpdater<EventLoop, Thread> THREAD =
      AtomicReferenceFieldUpdater.newUpdater(EventLoop.class, Thread.class, "thread");

  private final Runnable removed;
  private final OutboundTotal outbound;
  private final Consumer<SelectionKey> whenReady = this::isReady;
  private final Tasks tasks = new Tasks();
  private final List<NioSession> ready = new ArrayList<>();
  private final Reader reader;
  private final LoopWriter writer;
  private final WriteBatch batch = new WriteBatch(this);
  private final ExpirySweeper sweeper = new ExpirySweeper();
  private final Arrivals arrivals = new Arrivals(this);
  private final BlockingQueue<WriteQueue> ended = new LinkedBlockingQueue<>();
  private volatile @Nullable Thread thread;
  private volatile long busySince;
  private volatile LongSupplier clock = System::nanoTime;
  private int now = millis(clock); // as of the last tick
  private int seen = now; // when it last asked which sockets are ready
  private boolean goesOn;

  /**
   * A loop that takes a thread of {@code executor} while it has sessions.
   *
   * @param outbound counts what its sessions have to send
   * @param mostWaiting when so many bytes of what was read wait for turns, the least is read at a
   *     time, as {@link Reader} says
   * @param removed runs after a session has ended
   */
  EventLoop(
      Executor executor,
      LoopBuffers buffers,
      OutboundTotal outbound,
      long mostWaiting,
      Runnable removed) {
    super(new RestartingExecutor(executor));
    this.outbound = outbound;
    this.reader = new Reader(this, buffers.in(), mostWaiting);
    this.writer = new LoopWriter(this, buffers.out());
    this.removed = removed;
  }

  /** Whether the caller runs on this loop's thread. */
  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs a task on this loop's thread between two turns, before it waits for sockets again. Any
   * thread may call. If the loop has no session any more, the task waits until it has one again.
   */
  public void execute(Runnable task) {
    tasks.add(task);
    wakeup();
  }

  /** As {@link #execute} of a session's loop, if it has one. Any thread may call. */
  public static void onLoopOf(IoSession session, Runnable task) {
    EventLoop loop = of(session);
    if (loop != null) {
      loop.execute(task);
    }
  }

  /** Changes its deadlines: at once on its own thread, otherwise as a task. */
  void change(Consumer<ExpirySweeper> change) {
    if (isLoopThread()) {
      change.accept(sweeper);
    } else {
      execute(() -> change.accept(sweeper));
    }
  }

  /** Sets the nanoseconds that deadlines go by; called before there is a session. */
  void setClock(LongSupplier nanos) {
    clock = nanos;
  }

  private static int millis(LongSupplier nanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
  }

  /** Reads the clock; returns the milliseconds, which wrap around. */
  int tick() {
    now = millis(clock);
    return now;
  }

  /** The milliseconds as of the last {@link #tick}, before or after a turn. */
  int now() {
    return now;
  }

  /** As {@link #now()} of a session's loop; elsewhere, as {@link #now(IoSession)}. */
  static int tickOf(IoSession session) {
    EventLoop loop = of(session);
    return loop != null && loop.isLoopThread() ? loop.now : now(session);
  }

  /**
   * Milliseconds of the clock that a session's deadlines go by, which nobody sets. They wrap
   * around, so only differences count. Any thread may call.
   */
  public static int now(IoSession session) {
    EventLoop loop = of(session);
    return millis(loop == null ? System::nanoTime : loop.clock);
  }

  /** Whether something waits to run on it: other turns too. Called on the loop's thread. */
  public boolean hasTasks() {
    return !tasks.isEmpty();
  }

  /** The accepted sessions that are to come here. */
  Arrivals arrivals() {
    return arrivals;
  }

  OutboundTotal outbound() {
    return outbound;
  }

  /** The queues of ended sessions whose futures have not all failed. */
  Queue<WriteQueue> ended() {
    return ended;
  }

  /** Since when it has not waited for sockets, as of System.nanoTime; 0 while it waits. */
  long busySince() {
    return busySince;
  }

  /** The thread it runs on, if it has one. */
  @Nullable Thread thread() {
    return thread;
  }

  Reader reader() {
    return reader;
  }

  WriteBatch batch() {
    return batch;
  }

  @Override
  public void write(NioSession session, WriteRequest request) {
    session.getWriteRequestQueue().offer(session, request);
    flushLater(session);
  }

  /** Flushes before the loop waits again; if the session's batch is open, once it is closed. */
  void flushLater(NioSession session) {
    if (!isLoopThread() || !batch.flushesWhenClosed(session)) {
      writer.flushLater(session);
    }
  }

  /** As the other one, of a session's loop, if it has one. */
  static void flushLater(IoSession session) {
    EventLoop loop = of(session);
    if (loop != null && session instanceof NioSession nio) {
      loop.flushLater(nio);
    }
  }

  /** The batch of a session is closed that has queued something: it is written in this round. */
  void batchClosed(NioSession session) {
    writer.flushInRound(session);
  }

  /**
   * Writes what a session has queued, as far as its socket takes it, without waiting for the next
   * round. Called on its loop's thread.
   */
  public static void flushNow(IoSession session) {
    EventLoop loop = of(session);
    if (loop != null && session instanceof NioSession nio) {
      loop.writer.flush(nio);
    }
  }

  boolean isOpening(NioSession session) {
    return getState(session) == SessionState.OPENING;
  }

  /** What its own thread asks for is seen before it waits again: no system call for that. */
  @Override
  protected void wakeup() {
    if (isLoopThread()) {
      goesOn = true;
    } else {
      super.wakeup();
    }
  }

  /**
   * Runs tasks, flushes, checks deadlines, fails what ended sessions have left, and then waits,
   * unless one of those asked for another round.
   */
  @Override
  protected int select(long timeout) throws Exception {
    thread = Thread.currentThread();
    busySince = System.nanoTime();
    Thread.interrupted(); // a flag left by a callback would make every select() return at once
    ready.clear();
    arrivals.nextRound();
    tick();
    if (!tasks.isEmpty()) {
      tasks.run();
      tick();
    }
    writer.flushDue(); // or a deadline would find what only waits for that
    boolean sweepsOn = sweeper.run(seen);
    boolean failsOn = WriteQueue.failSome(ended);
    if (goesOn || sweepsOn || failsOn || writer.isDue() || !tasks.isEmpty()) {
      goesOn = false;
      wakeupCalled.set(true); // or MINA takes rounds without a ready socket for a broken selector
      return seen(selector.selectNow(whenReady));
    }
    long untilExpiry = sweeper.timeout(tick(), timeout);
    if (untilExpiry < timeout) {
      wakeupCalled.set(true); // for the same reason
    }
    busySince = 0;
    int selected = selector.select(whenReady, untilExpiry);
    busySince = System.nanoTime();
    return seen(selected);
  }

  private int seen(int selected) {
    seen = tick();
    return selected;
  }

  /** MINA asks at the end: an empty loop gives its thread back, which then is no loop's. */
  @Override
  protected boolean isSelectorEmpty() {
    boolean empty = super.isSelectorEmpty();
    if (empty) {
      while (WriteQueue.failSome(ended)) {}
      arrivals.nextRound();
      busySince = 0;
      THREAD.compareAndSet(this, Thread.currentThread(), null); // another may run by now
    }
    return empty;
  }

  private void isReady(SelectionKey key) {
    ready.add((NioSession) key.attachment());
  }

  /** Takes the turns of the sessions that are ready, and leaves MINA none. */
  @Override
  protected Iterator<NioSession> selectedSessions() {
    writer.beginRound();
    for (NioSession session : ready) {
      int read = isReadable(session) ? reader.read(session) : 0;
      if (isWritable(session)) {
        writer.flush(session);
      }
      writer.turnOver(read);
    }
    writer.endRound();
    return Collections.emptyIterator();
  }

  /** A connection that is gone ends its session, without a noise. */
  @Override
  protected int transferFile(NioSession session, FileRegion region, int length) throws Exception {
    try {
      return super.transferFile(session, region, length);
    } catch (IOException e) {
      end(session, e);
      return 0;
    }
  }

  /** Passed on here and not thrown, as MINA's loop would log it as an error with its stack. */
  static void end(NioSession session, IOException cause) {
    if (!session.isClosing()) {
      SessionLifecycle.of(session).lost();
      session.getFilterChain().fireExceptionCaught(new ConnectionResetException(cause));
      session.closeNow();
    }
    session.getProcessor().remove(session); // also one that waits for the peer's end of stream
  }

  /** Never again interested after the end of stream: the socket would be readable for ever. */
  @Override
  protected void setInterestedInRead(NioSession session, boolean interested) throws Exception {
    boolean before = isInterestedInRead(session);
    super.setInterestedInRead(session, interested && !Input.of(session).isEnded());
    boolean reads = isInterestedInRead(session);
    var deadlines = parley.internal.loop.SessionState.of(session).deadlines();
    if (deadlines != null && before != reads) {
      deadlines.reads(reads, tick());
    }
  }

  /** Costs nothing when nothing changes. */
  @Override
  protected void setInterestedInWrite(NioSession session, boolean interested) throws Exception {
    if (interested != isInterestedInWrite(session)) {
      super.setInterestedInWrite(session, interested);
    }
  }

  /**
   * Applies suspendRead, resumeRead and the like at once, on the loop's thread: from another one it
   * is handed over. MINA's own leaves a sleeping selector asleep, and changes a key's interest on
   * two threads at a time.
   */
  @Override
  public void updateTrafficControl(NioSession session) {
    if (!isLoopThread()) {
      updateTrafficMask(session);
      return;
    }
    try {
      setInterestedInRead(session, !Input.of(session).isSuspended());
      boolean unwritten = !session.getWriteRequestQueue().isEmpty(session);
      setInterestedInWrite(session, unwritten && !session.isWriteSuspended());
    } catch (Exception e) { // the caller may hold a lock
      execute(() -> session.getFilterChain().fireExceptionCaught(e));
    }
  }

  /** Closes the channel, once, and tells those who wait for that. */
  @Override
  protected void destroy(NioSession session) throws Exception {
    try {
      super.destroy(session);
    } finally {
      sweeper.forget(session);
      SessionLifecycle.of(session).channelClosed();
    }
    PluginContext.of(session).run(() -> tellDestroyed(session));
  }

  /** As MINA does next; but if a listener of the close future throws, it never tells the chain. */
  private static void tellDestroyed(NioSession session) {
    try {
      ((AbstractIoService) session.getService()).getListeners().fireSessionDestroyed(session);
    } catch (Throwable thrown) {
      Listeners.failed(thrown);
      session.getFilterChain().fireSessionClosed();
    }
  }

  /** Gives back its selector, without a thread: it has had no session and will have none. */
  void release() throws Exception {
    doDispose();
  }

  /** A session has ended. */
  void removed() {
    removed.run();
  }

  /** The loop that moves a session's bytes, if it is one of Parley's. */
  public static @Nullable EventLoop of(IoSession session) {
    return session instanceof NioSession nio && nio.getProcessor() instanceof EventLoopGroup loops
        ? loops.loopOf(nio)
        : null;
  }
}
