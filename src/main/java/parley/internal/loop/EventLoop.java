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
import parley.internal.telemetry.LoopLoad;
import parley.session.ConnectionResetException;
import parley.telemetry.LoopFigures;

/**
 * Moves the bytes of its sessions on one thread. It waits until sockets are ready, reads each once,
 * runs its filter chain, and writes the answers.
 *
 * <p>It is MINA's NioProcessor, except that it takes the turns of its sessions itself. It differs
 * in these ways: an Error does not end it. An interrupt flag that a callback left is cleared. Data
 * and end of stream reach the chain separately, the end of stream once. A change of a session's
 * read interest takes effect at once, from any thread. The loop's own thread never wakes the loop
 * up. A session writes only its share before the turns of the others.
 */
public final class EventLoop extends NioProcessor {

  private static final AtomicReferenceFieldUpdater<EventLoop, Thread> THREAD =
      AtomicReferenceFieldUpdater.newUpdater(EventLoop.class, Thread.class, "thread");

  private final int index;
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
  private final LoopLoad load = new LoopLoad();
  private final BlockingQueue<WriteQueue> ended = new LinkedBlockingQueue<>();
  private volatile @Nullable Thread thread;
  private volatile long busySince;
  private volatile LongSupplier clock = System::nanoTime;
  private long nanos; // as of the last tick
  private int now = tick(); // likewise, in milliseconds
  private int seen = now; // when it last polled the sockets
  private long polled = nanos; // when it last returned from the sockets
  private boolean goesOn;

  /**
   * Creates a loop that uses a thread of {@code executor} while it has sessions.
   *
   * @param index its place among the loops, from 0
   * @param outbound counts the data that its sessions have to send
   * @param mostWaiting the bytes waiting for turns above which the loop reads the minimum at a
   *     time; see {@link Reader}
   * @param removed runs after a session has ended
   */
  EventLoop(
      int index,
      Executor executor,
      LoopBuffers buffers,
      OutboundTotal outbound,
      long mostWaiting,
      Runnable removed) {
    super(new RestartingExecutor(executor));
    this.index = index;
    this.outbound = outbound;
    this.reader = new Reader(this, buffers.in(), mostWaiting);
    this.writer = new LoopWriter(this, buffers.out());
    this.removed = removed;
  }

  /** Returns whether the caller runs on this loop's thread. */
  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs a task on this loop's thread between two turns, before it waits for sockets again. Any
   * thread may call this. If the loop has no session, the task waits until it has one again.
   */
  public void execute(Runnable task) {
    tasks.add(task);
    wakeup();
  }

  /** Calls {@link #execute} on a session's loop, if it has one. Any thread may call this. */
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

  /** Sets the nanosecond clock for deadlines; called before there is a session. */
  void setClock(LongSupplier nanos) {
    clock = nanos;
    tick();
    polled = this.nanos;
  }

  /** Returns the milliseconds of a time in nanoseconds; they wrap around. */
  private static int millis(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** Reads the clock; returns the milliseconds, which wrap around. */
  int tick() {
    nanos = clock.getAsLong();
    now = millis(nanos);
    return now;
  }

  /** Reads the clock; returns the nanoseconds. Any thread may call this. */
  long nanos() {
    return clock.getAsLong();
  }

  /** Returns the milliseconds as of the last {@link #tick}, before or after a turn. */
  int now() {
    return now;
  }

  /** Returns {@link #now()} of a session's loop; on other threads, {@link #now(IoSession)}. */
  static int tickOf(IoSession session) {
    EventLoop loop = of(session);
    return loop != null && loop.isLoopThread() ? loop.now : now(session);
  }

  /**
   * Returns the milliseconds of the clock for a session's deadlines. They wrap around, so only
   * differences count. Any thread may call this.
   */
  public static int now(IoSession session) {
    return millis(nanos(session));
  }

  /** Returns the nanoseconds of the same clock. Any thread may call this. */
  public static long nanos(IoSession session) {
    EventLoop loop = of(session);
    return loop == null ? System.nanoTime() : loop.nanos();
  }

  /** Returns whether tasks or other turns wait to run. Called on the event-loop thread. */
  public boolean hasTasks() {
    return !tasks.isEmpty();
  }

  /** Returns the accepted sessions that are to enter this loop. */
  Arrivals arrivals() {
    return arrivals;
  }

  OutboundTotal outbound() {
    return outbound;
  }

  /** Returns the queues of ended sessions whose futures have not all failed yet. */
  Queue<WriteQueue> ended() {
    return ended;
  }

  /** Returns when it last stopped waiting for sockets, by System.nanoTime; 0 while it waits. */
  long busySince() {
    return busySince;
  }

  /** Returns the thread that it runs on, or null. */
  @Nullable Thread thread() {
    return thread;
  }

  /** Returns its place among the loops, from 0. */
  int index() {
    return index;
  }

  /** Returns how busy it is. Any thread may call this. */
  LoopFigures figures() {
    return load.figures(name());
  }

  /** Returns its name, which figures have: its number, from 1. */
  String name() {
    return String.valueOf(index + 1);
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

  /**
   * Flushes a session before the loop waits again; if its batch is open, when the batch is closed.
   */
  void flushLater(NioSession session) {
    if (!isLoopThread() || !batch.flushesWhenClosed(session)) {
      writer.flushLater(session);
    }
  }

  /** Flushes a session on its loop, if it has one; see {@link #flushLater(NioSession)}. */
  static void flushLater(IoSession session) {
    EventLoop loop = of(session);
    if (loop != null && session instanceof NioSession nio) {
      loop.flushLater(nio);
    }
  }

  /** Notes that a session's batch was closed with queued data, which is written in this round. */
  void batchClosed(NioSession session) {
    writer.flushInRound(session);
  }

  /**
   * Writes the data that a session has queued, as much as its socket accepts, without waiting for
   * the next round. Called on the event-loop thread.
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

  /**
   * Saves a system call if the loop's own thread calls: the loop sees the request before it waits.
   */
  @Override
  protected void wakeup() {
    if (isLoopThread()) {
      goesOn = true;
    } else {
      super.wakeup();
    }
  }

  /**
   * Runs tasks, flushes, checks deadlines and fails the futures of ended sessions. Then it waits
   * for sockets, unless one of those requested another round.
   */
  @Override
  protected int select(long timeout) throws Exception {
    thread = Thread.currentThread();
    if (busySince == 0) { // it was without a thread
      tick();
      polled = nanos;
    }
    busySince = System.nanoTime();
    Thread.interrupted(); // a flag left by a callback would make every select() return at once
    ready.clear();
    arrivals.nextRound();
    tick();
    if (!tasks.isEmpty()) {
      tasks.run();
      tick();
    }
    writer.flushDue(); // otherwise a deadline would find data that only waits for this flush
    boolean sweepsOn = sweeper.run(seen);
    boolean failsOn = WriteQueue.failSome(ended);
    if (goesOn || sweepsOn || failsOn || writer.isDue() || !tasks.isEmpty()) {
      goesOn = false;
      wakeupCalled.set(true); // otherwise MINA takes idle rounds for a broken selector
      tick();
      load.round(nanos - polled);
      return seen(selector.selectNow(whenReady));
    }
    long untilExpiry = sweeper.timeout(tick(), timeout);
    if (untilExpiry < timeout) {
      wakeupCalled.set(true); // for the same reason
    }
    busySince = 0;
    load.round(nanos - polled);
    int selected = selector.select(whenReady, untilExpiry);
    busySince = System.nanoTime();
    return seen(selected);
  }

  private int seen(int selected) {
    seen = tick();
    polled = nanos;
    return selected;
  }

  /**
   * MINA checks this at the end: an empty loop gives back its thread, which then belongs to no
   * loop.
   */
  @Override
  protected boolean isSelectorEmpty() {
    boolean empty = super.isSelectorEmpty();
    if (empty) {
      while (WriteQueue.failSome(ended)) {}
      arrivals.nextRound();
      if (isLoopThread()) { // another may run by now
        tick();
        load.round(nanos - polled);
      }
      busySince = 0;
      THREAD.compareAndSet(this, Thread.currentThread(), null); // another may run by now
    }
    return empty;
  }

  private void isReady(SelectionKey key) {
    ready.add((NioSession) key.attachment());
  }

  /** Takes the turns of the ready sessions, and leaves none to MINA. */
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

  /** A lost connection ends its session without an error in the log. */
  @Override
  protected int transferFile(NioSession session, FileRegion region, int length) throws Exception {
    try {
      return super.transferFile(session, region, length);
    } catch (IOException e) {
      end(session, e);
      return 0;
    }
  }

  /**
   * Ends a session. The cause is not thrown, because MINA's loop would log it as an error with a
   * stack.
   */
  static void end(NioSession session, IOException cause) {
    if (!session.isClosing()) {
      SessionLifecycle.of(session).lost();
      session.getFilterChain().fireExceptionCaught(new ConnectionResetException(cause));
      session.closeNow();
    }
    session.getProcessor().remove(session); // even while it awaits the end of stream
  }

  /** Ignores interest after the end of stream: the socket would stay readable forever. */
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

  /** Does nothing, at no cost, if nothing changes. */
  @Override
  protected void setInterestedInWrite(NioSession session, boolean interested) throws Exception {
    if (interested != isInterestedInWrite(session)) {
      super.setInterestedInWrite(session, interested);
    }
  }

  /**
   * Applies suspendRead, resumeRead and similar calls at once on the loop's thread; other threads
   * hand the change over. MINA's own does not wake a sleeping selector, and changes a key's
   * interest on two threads at a time.
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

  /** Closes the channel once, and notifies the listeners of the close. */
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

  /**
   * Notifies the listeners, as MINA does next, and the chain even if a listener of the close future
   * throws.
   */
  private static void tellDestroyed(NioSession session) {
    try {
      ((AbstractIoService) session.getService()).getListeners().fireSessionDestroyed(session);
    } catch (Throwable thrown) {
      Listeners.failed(thrown);
      session.getFilterChain().fireSessionClosed();
    }
  }

  /** Releases its selector without a thread: the loop has had no session and will have none. */
  void release() throws Exception {
    doDispose();
  }

  /** Notes that a session has ended. */
  void removed() {
    removed.run();
  }

  /** Returns the loop of a session, or null if it is not one of Parley's. */
  public static @Nullable EventLoop of(IoSession session) {
    return session instanceof NioSession nio && nio.getProcessor() instanceof EventLoopGroup loops
        ? loops.loopOf(nio)
        : null;
  }
}
