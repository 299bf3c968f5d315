package parley.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.Deadline;
import parley.protocol.Correlation;

/**
 * The silence timeout and the heartbeats of a connection. It ends a connection on which answers are
 * due and no frame comes, and sends heartbeats on an idle one. Used on the connection's event loop
 * only.
 */
final class Liveness extends Deadline {

  private static final long FOREVER = Long.MAX_VALUE;

  private final Connection connection;
  private final ClientConfig<?, ?> config;
  private final Correlation<Object, Object> correlation;
  private final Duration silence;
  private final long mostSilence;
  private final long mostIdle;
  private long received = System.nanoTime();
  private long sent = received;
  private long owedSince = received;
  private long expectedUntil = received;
  private long beaten = received;
  private boolean beats;
  private boolean askedSince; // since the last frame came
  private boolean confirms; // at the next check
  private long readBefore;
  private @Nullable CompletableFuture<?> heartbeat;

  /** Watches a new connection for the silence and the idle time of its client's config. */
  Liveness(Connection connection) {
    super(connection.session);
    this.connection = connection;
    config = connection.client.config;
    correlation = connection.client.correlation;
    silence = config.silenceTimeout();
    mostSilence = silence.toNanos();
    mostIdle = config.heartbeatIdle().toNanos();
  }

  /** Starts the heartbeats. */
  void begin() {
    beats = mostIdle > 0;
    dueIn(config.heartbeatIdle());
  }

  /** Called when a frame has come. */
  void received() {
    received = System.nanoTime();
    askedSince = false;
  }

  /** Called when a message is sent that a frame may answer. */
  void sent(boolean isAnswered) {
    sent = System.nanoTime();
    if (isAnswered && !askedSince) {
      askedSince = true;
      owedSince = sent;
      dueIn(silence);
    }
  }

  /** Returns whether an answer is due, however old its request is. */
  private boolean isExpecting() {
    return askedSince
        || (correlation.isInOrder()
            ? !connection.pending.isEmpty()
            : connection.capacity.inFlight() > 0);
  }

  /** Returns the time until the connection counts as silent, or forever. */
  private long untilSilent(long now) {
    return mostSilence == 0 || !isExpecting()
        ? FOREVER
        : Math.max(silentSince() + mostSilence - now, expectedUntil - now);
  }

  private long silentSince() {
    return owedSince - received > 0 ? owedSince : received;
  }

  private boolean isSilent(long now) {
    return untilSilent(now) <= 0 && !isExpected(now);
  }

  /** Returns whether an earlier request with a longer timeout explains the silence. */
  private boolean isExpected(long now) {
    Long patience = connection.pending.latestOver(silence, silentSince());
    if (patience == null || patience - now <= 0) {
      return false;
    }
    expectedUntil = now + Math.min(mostSilence, patience - now); // its answer may come before
    return true;
  }

  private long untilIdle(long now) {
    return beats
        ? mostIdle - Math.min(now - beaten, Math.max(now - sent, now - received))
        : FOREVER;
  }

  /**
   * Confirms a silence at a second check, after the loop has read again. The loop may have been
   * blocked, with an answer in the socket. A part of an answer counts, too.
   */
  @Override
  protected int check(int seen) {
    if (session.isClosing()) {
      return NEVER;
    }
    long now = System.nanoTime();
    boolean confirmed = confirms;
    if (confirmed && session.getReadBytes() != readBefore) {
      expectedUntil = now + mostSilence;
    }
    confirms = isSilent(now);
    if (confirms && confirmed) {
      connection.silent();
      return NEVER;
    }
    readBefore = session.getReadBytes();
    if (confirms) {
      return 1;
    }
    if (untilIdle(now) <= 0) {
      beaten = now;
      beat();
    }
    long left = NANOSECONDS.toMillis(Math.min(untilSilent(now), untilIdle(now)));
    return (int) Math.min(LONGEST, left + 1);
  }

  private void beat() {
    if (heartbeat != null && !heartbeat.isDone()) {
      return; // the silence timeout covers that one
    }
    if (correlation.isByKey() && heartbeat instanceof PendingRequest late) {
      connection.pending.remove(late); // its answer may be lost, and the next one may have its key
    }
    Object message = connection.client.context.call(config.options.heartbeat::get);
    if (correlation.isInOrder()
        || (correlation.isByKey() && correlation.requestKey(message) != null)) {
      heartbeat = connection.ask(message, config.heartbeatTimeout());
    } else {
      heartbeat = connection.send(message);
      sent(true);
    }
  }
}
