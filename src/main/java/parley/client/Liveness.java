package parley.client;

import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import parley.transport.EventLoop;

/**
 * Ends a connection on which answers are due and no frame comes, and sends heartbeats on an idle
 * one. Needs one timer. Used on the connection's event loop only.
 */
final class Liveness {

  /** The connection. */
  interface Actions {

    /** Whether an answer is due, however old its request is. */
    boolean isOwed();

    /**
     * The latest deadline of the waiting requests whose timeout is longer than the silence timeout
     * and which were made before a time, or null.
     */
    @Nullable Long patience(long madeBefore);

    /** How many bytes have been read. */
    long readBytes();

    /** Ends the connection. */
    void silent();

    /** Sends a heartbeat. */
    void beat();
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final EventLoop loop;
  private final Timer timer;
  private final Actions actions;
  private final long mostSilence;
  private final long mostIdle;
  private long heard = System.nanoTime();
  private long sent = heard;
  private long owedSince = heard;
  private long expectedUntil = heard;
  private long beaten = heard;
  private boolean beats;
  private boolean askedSince; // since a frame was heard
  private @Nullable Future<?> set;
  private long setFor;
  private volatile boolean ended;

  /**
   * Of a new connection.
   *
   * @param mostSilence how long no frame may come while one is due; zero for no limit
   * @param mostIdle how long no frame comes, or nothing is sent, before a heartbeat; zero for none
   */
  Liveness(EventLoop loop, Timer timer, Actions actions, Duration mostSilence, Duration mostIdle) {
    this.loop = loop;
    this.timer = timer;
    this.actions = actions;
    this.mostSilence = mostSilence.toNanos();
    this.mostIdle = mostIdle.toNanos();
  }

  /** Starts the heartbeats. */
  void begin() {
    if (ended) {
      return; // another thread may call once the connection has ended
    }
    beats = mostIdle > 0;
    setNext(System.nanoTime());
  }

  /** A frame has come. */
  void heard() {
    heard = System.nanoTime();
    askedSince = false;
  }

  /** A message goes out that some frame answers. */
  void asked() {
    sent = System.nanoTime();
    if (!askedSince) {
      askedSince = true;
      owedSince = sent;
      setNext(sent);
    }
  }

  /** A message goes out that nothing answers. */
  void sent() {
    sent = System.nanoTime();
  }

  void end() {
    ended = true;
    if (set != null) {
      set.cancel(false);
    }
  }

  private boolean isExpecting() {
    return askedSince || actions.isOwed();
  }

  /** How long until the connection counts as silent, or never. */
  private long untilSilent(long now) {
    if (mostSilence == 0 || !isExpecting()) {
      return NEVER;
    }
    return Math.max(silentSince() + mostSilence - now, expectedUntil - now);
  }

  private long silentSince() {
    return owedSince - heard > 0 ? owedSince : heard;
  }

  /** Whether a request with a longer timeout explains the silence; a later one does not. */
  private boolean isExpected(long now) {
    Long patience = actions.patience(silentSince());
    if (patience == null || patience - now <= 0) {
      return false;
    }
    expectedUntil = now + Math.min(mostSilence, patience - now); // it may be answered before
    return true;
  }

  private long untilIdle(long now) {
    return beats ? mostIdle - Math.min(now - beaten, Math.max(now - sent, now - heard)) : NEVER;
  }

  private void setNext(long now) {
    long left = Math.min(untilSilent(now), untilIdle(now));
    if (left == NEVER || ended || (set != null && setFor - (now + left) <= 0)) {
      return;
    }
    if (set != null) {
      set.cancel(false);
    }
    setFor = now + left;
    set = timer.schedule(() -> loop.execute(this::look), Duration.ofNanos(Math.max(0, left)));
  }

  private void look() {
    if (ended) {
      return;
    }
    set = null;
    long now = System.nanoTime();
    if (isSilent(now)) {
      long before = actions.readBytes();
      loop.execute(() -> confirm(before)); // in the loop's next round, after it has read
      return;
    }
    if (untilIdle(now) <= 0) {
      beaten = now;
      actions.beat();
    }
    setNext(now);
  }

  private boolean isSilent(long now) {
    return untilSilent(now) <= 0 && !isExpected(now);
  }

  /** The loop may have been held up, with an answer in the socket; a part of one counts, too. */
  private void confirm(long before) {
    long now = System.nanoTime();
    if (actions.readBytes() != before) {
      expectedUntil = now + mostSilence;
    }
    if (!ended && isSilent(now)) {
      actions.silent();
    } else {
      setNext(now);
    }
  }
}
