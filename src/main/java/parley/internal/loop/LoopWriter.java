package parley.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSession;
import parley.internal.telemetry.LoopMeter;

/**
 * Writes the queued data of a loop's sessions: as much as fits into one system call, from any
 * number of requests, but only a session's share before the turns of the others.
 *
 * <p>Answers of the sessions that were ready in one round are written after the last of their
 * turns. So a peer that is woken up by one write finds the other answers too. They are written
 * earlier if much was read or waits to be written, or after some time.
 *
 * <p>MINA's loop writes each request by itself, and does not wait for sockets again while a handler
 * writes from {@code messageSent}. Unless stated otherwise, call these methods on the event-loop
 * thread.
 */
final class LoopWriter {

  /** The maximum number of bytes per system call. */
  static final int ROOM = 64 * 1024;

  /** A session's share, in bytes and in requests; the rest waits for the next round. */
  private static final int MOST_BYTES = 2 * ROOM;

  private static final int MOST_REQUESTS = 1024;

  private static final int MUCH_READ = 16 * 1024;
  private static final int MUCH_QUEUED = 64 * 1024;
  private static final long LONG_NANOS = 500_000;

  private final EventLoop loop;
  private final Queue<NioSession> due = new ArrayDeque<>();
  private final Queue<NioSession> dueByOthers = new ConcurrentLinkedQueue<>();
  private final ByteBuffer out;
  private final List<NioSession> answered = new ArrayList<>(); // in the current round
  private boolean inRound;
  private int read;
  private long queued;
  private long since;

  /** Creates the writer of a loop, with a buffer of {@value #ROOM} bytes. */
  LoopWriter(EventLoop loop, ByteBuffer out) {
    this.loop = loop;
    this.out = out;
  }

  /** Starts the turns of the ready sessions. */
  void beginRound() {
    inRound = true;
    since = System.nanoTime();
  }

  /** Notes that a session's turn is over. */
  void turnOver(int bytesRead) {
    read += bytesRead;
    if (read >= MUCH_READ
        || queued >= MUCH_QUEUED
        || (!answered.isEmpty() && System.nanoTime() - since >= LONG_NANOS)) {
      flushAnswered();
      since = System.nanoTime();
    }
  }

  /** Ends the turns of the ready sessions. */
  void endRound() {
    inRound = false;
    flushAnswered();
  }

  /** Flushes a session in this round; outside of a round, before the loop waits again. */
  void flushInRound(NioSession session) {
    if (inRound) {
      answered.add(session);
      queued += session.getScheduledWriteBytes();
    } else {
      flushLater(session);
    }
  }

  /**
   * Writes a share of each session. Data that remains, or is added meanwhile, waits for the next
   * round.
   */
  private void flushAnswered() {
    int done = 0;
    try {
      while (done < answered.size()) { // a listener may close another batch meanwhile
        flush(answered.get(done++));
      }
    } finally {
      answered.subList(done, answered.size()).forEach(this::flushLater);
      answered.clear();
      read = 0;
      queued = 0;
    }
  }

  /** Flushes a session before the loop waits again. Any thread may call this. */
  void flushLater(NioSession session) {
    if (!session.setScheduledForFlush(true)) {
      return;
    }
    if (loop.isLoopThread()) {
      due.add(session);
    } else {
      dueByOthers.add(session);
      loop.wakeup();
    }
  }

  /** Returns whether a session waits to be flushed by {@link #flushDue}. */
  boolean isDue() {
    return !due.isEmpty() || !dueByOthers.isEmpty();
  }

  /**
   * Flushes the sessions that are due now. Sessions that become due again wait for the next call.
   */
  void flushDue() {
    for (NioSession next = dueByOthers.poll(); next != null; next = dueByOthers.poll()) {
      due.add(next);
    }
    for (int left = due.size(); left > 0; left--) {
      NioSession session = due.remove();
      session.unscheduledForFlush();
      flush(session);
    }
  }

  /** Writes a session's share of its queued data, as much as its socket accepts. */
  void flush(NioSession session) {
    if (loop.isOpening(session)) {
      flushLater(session);
      return;
    }
    WriteQueue queue = WriteQueue.of(session);
    if (queue == null || !session.isConnected()) {
      return;
    }
    long before = session.getWrittenBytes();
    try {
      if (!session.isWriteSuspended()) {
        loop.setInterestedInWrite(session, flush(session, queue));
      }
      queue
          .outbound()
          .weigh(); // a close has a deadline even while writing is suspended, and so has waiting
      // data
      SessionDeadlines deadlines = SessionState.of(session).deadlines();
      if (deadlines != null) {
        deadlines.flushed(session.getWrittenBytes() != before, loop.now());
      }
    } catch (Exception e) {
      if (queue.first() != null) {
        queue.removeFailed(e);
      }
      session.getFilterChain().fireExceptionCaught(e);
      session.closeNow(); // the next request may be the rest of the same message
    }
  }

  /** Writes a share. Returns whether the socket accepts no more. */
  private boolean flush(NioSession session, WriteQueue queue) throws Exception {
    int written = 0;
    int requests = 0;
    for (WriteRequest first = queue.first(); first != null; first = queue.first()) {
      if (written >= MOST_BYTES || requests >= MOST_REQUESTS || session.isWriteSuspended()) {
        flushLater(session);
        return false;
      }
      int count;
      boolean full;
      if (!isBytes(first) && first.getMessage() instanceof FileRegion file) {
        count = transfer(session, file);
        full = file.getRemainingBytes() > 0;
        if (!full) {
          sent(session, queue, first);
        }
        requests++;
      } else {
        gather(session, queue, first);
        int wanted = out.remaining();
        count = wanted == 0 ? 0 : write(session);
        session.increaseWrittenBytes(count, System.currentTimeMillis());
        countWritten(session, count);
        requests += take(session, queue, count);
        full = count < wanted;
      }
      written += count;
      if (full) {
        return !session.isClosing();
      }
    }
    return false;
  }

  /**
   * Writes as much as the socket accepts. A lost connection ends its session without an error in
   * the log.
   */
  private int write(NioSession session) {
    try {
      return session.getChannel().write(out);
    } catch (IOException e) {
      EventLoop.end(session, e);
      return 0;
    }
  }

  private int transfer(NioSession session, FileRegion file) throws Exception {
    int count = 0;
    if (file.getRemainingBytes() > 0) {
      int length = (int) Math.min(file.getRemainingBytes(), MOST_BYTES);
      count = loop.transferFile(session, file, length);
      file.update(count);
      session.increaseScheduledWriteBytes(count); // MINA counts a file only when written
    }
    session.increaseWrittenBytes(count, System.currentTimeMillis());
    countWritten(session, count);
    return count;
  }

  private static void countWritten(NioSession session, int count) {
    LoopMeter meter = SessionState.of(session).meter();
    if (meter != null) {
      meter.written(count);
    }
  }

  /** Copies the bytes of the first requests, up to the first one without bytes. */
  private void gather(NioSession session, WriteQueue queue, WriteRequest first) {
    out.clear();
    if (!isBytes(first)) {
      throw new IllegalStateException(
          "message: "
              + first.getMessage().getClass().getName()
              + " (expected: IoBuffer or FileRegion at the end of the chain)");
    }
    if (session.getScheduledWriteBytes() <= Scheduled.bytes(first)) {
      copy(first); // the usual case, without an iterator
    } else {
      for (WriteRequest request : queue) {
        if (!out.hasRemaining() || !isBytes(request)) {
          break;
        }
        copy(request);
      }
    }
    out.flip();
  }

  private static boolean isBytes(WriteRequest request) {
    return request instanceof BatchRequest batch
        ? batch.isBytes()
        : request.getMessage() instanceof IoBuffer;
  }

  private void copy(WriteRequest request) {
    if (request instanceof BatchRequest batch) {
      batch.copyTo(out);
    } else {
      copy(request.getMessage(), out);
    }
  }

  /** Copies as many of a buffer's bytes as fit; the buffer stays unchanged. */
  static void copy(Object message, ByteBuffer out) {
    ByteBuffer bytes = ((IoBuffer) message).buf();
    int count = Math.min(bytes.remaining(), out.remaining());
    out.put(out.position(), bytes, bytes.position(), count);
    out.position(out.position() + count);
  }

  /** Returns the number of bytes in a message; 0 for a file. */
  static int remaining(Object message) {
    return message instanceof IoBuffer bytes ? bytes.remaining() : 0;
  }

  /**
   * Removes that many bytes from the first requests; returns how many requests are completely sent
   * by it.
   */
  private int take(NioSession session, WriteQueue queue, int bytes) {
    int sent = 0;
    int left = bytes;
    WriteRequest first =
        queue.peek(); // continues even if a callback closes: these bytes are written
    while (first != null && isBytes(first)) {
      int count = Math.min(left, Scheduled.bytes(first));
      took(first, count);
      queue.outbound().gone(count);
      left -= count;
      if (Scheduled.bytes(first) > 0) {
        session.setCurrentWriteRequest(first); // for callers that query the session
        break;
      }
      sent++;
      sent(session, queue, first);
      first = left > 0 ? queue.peek() : null;
    }
    return sent;
  }

  private static void took(WriteRequest request, int count) {
    if (request instanceof BatchRequest batch) {
      batch.took(count);
    } else {
      ((IoBuffer) request.getMessage()).skip(count);
    }
  }

  private void sent(NioSession session, WriteQueue queue, WriteRequest request) {
    if (request.getOriginalRequest() instanceof BatchRequest batch) { // a filter may wrap it
      batch.countAnswers(session, loop);
    }
    queue.removeSent();
    session.setCurrentWriteRequest(null);
    PluginContext context = PluginContext.of(session); // for the future's listeners
    ClassLoader before = context.enter();
    try {
      session.getFilterChain().fireMessageSent(request);
    } catch (Error alreadyReported) {
      // from a future's listener: MINA has called exceptionCaught; the other requests are
      // sent too
    } finally {
      context.leave(before);
    }
  }
}
