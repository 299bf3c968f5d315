package parley.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import parley.protocol.Correlation;

/**
 * Ends a connection on which answers are due and no frame comes, and sends heartbeats on an idle
 * one. Needs one timer. Used on the connection's event loop only.
 */
final class Liveness {

  private static final long NEVER = Long.MAX_VALUE;

  private final Connection connection;
  private final ClientConfig config;
  private final Correlation correlation;
  private final long mostSilence;
  private final long mostIdle;
  private long heard = System.nanoTime();
  private long sent = heard;
  private long owedSince = heard;
  private long expectedUntil = heard;
  private long beaten = heard;
  private boolean beats;
  private boolean askedSince; // since a frame was heard
  private @Nullable CompletableFuture<?> heartbeat;
  private @Nullable Future<?> set;
  private long setFor;
  private volatile boolean ended;

  /** Watches a new connection for the silence and the idle time of its client's config. */
  Liveness(Connection connection) {
    this.connection = connection;
    config = connection.client.config;
    correlation = connection.client.correlation;
    mostSilence = config.silenceTimeout().toNanos();
    mostIdle = config.heartbeatIdle().toNanos();
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

  /** Whether an answer is due, however old its request is. */
  private boolean isExpecting() {
    return askedSince
        || (correlation.isInOrder()
            ? !connection.pending.isEmpty()
            : connection.capacity.inFlight() > 0);
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

  private boolean isSilent(long now) {
    return untilSilent(now) <= 0 && !isExpected(now);
  }

  /** Whether a request with a longer timeout explains the silence; a later one does not. */
  private boolean isExpected(long now) {
    Long patience = connection.pending.latestOver(config.silenceTimeout(), silentSince());
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
    set =
        connection.client.connector.timer.schedule(
            () -> connection.loop.execute(this::check), Duration.ofNanos(Math.max(0, left)));
  }

  private void check() {
    if (ended) {
      return;
    }
    set = null;
    long now = System.nanoTime();
    if (isSilent(now)) {
      long before = connection.session.getReadBytes();
      connection.loop.execute(() -> confirm(before)); // in the loop's next round, after it has read
      return;
    }
    if (untilIdle(now) <= 0) {
      beaten = now;
      beat();
    }
    setNext(now);
  }

  /** The loop may have been held up, with an answer in the socket; a part of one counts, too. */
  private void confirm(long before) {
    long now = System.nanoTime();
    if (connection.session.getReadBytes() != before) {
      expectedUntil = now + mostSilence;
    }
    if (!ended && isSilent(now)) {
      connection.silent();
    } else {
      setNext(now);
    }
  }

  private void beat() {
    if (heartbeat != null && !heartbeat.isDone()) {
      return; // the silence timeout watches over that one
    }
    try {
      if (correlation.isByKey() && heartbeat instanceof PendingRequest late) {
        connection.pending.remove(
            late); // its answer may be lost, and the next one may have its key
      }
      Object message = connection.client.context.call(config.heartbeat()::get);
      if (correlation.isInOrder() || (correlation.isByKey() && correlation.key(message) != null)) {
        heartbeat = connection.ask(message, config.heartbeatTimeout());
      } else {
        heartbeat = connection.send(message);
        asked();
      }
    } catch (RuntimeException | Error defect) {
      connection.session.getFilterChain().fireExceptionCaught(defect);
    }
  }
}
