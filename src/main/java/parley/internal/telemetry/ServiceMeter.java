package parley.internal.telemetry;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.session.EndReason;
import parley.telemetry.DurationFigures;
import parley.telemetry.Observer;
import parley.telemetry.Rejection;
import parley.telemetry.ServiceFigures;
import parley.telemetry.SessionLog;
import parley.telemetry.SessionRecord;

/** Counts and logs what happens at one listener or client, and notifies observers. Thread-safe. */
public final class ServiceMeter {

  private static final Logger SESSIONS = LoggerFactory.getLogger("parley.session");

  private final String name;
  private final String protocol;
  private final Observers observers;
  private final SessionLog sessionLog;
  private final AtomicReferenceArray<@Nullable LoopMeter> loops;
  private final EndLog endLog = new EndLog();
  private final LongAdder opened = new LongAdder();
  private final Map<EndReason, LongAdder> ended = counters(EndReason.class);
  private final Map<Rejection, LongAdder> rejected = counters(Rejection.class);
  private final Durations connections = new Durations(Durations.Scale.SESSIONS); // under the lock
  private final Durations handshakes = new Durations(Durations.Scale.ANSWERS); // under the lock
  private final LongAdder failedHandshakes = new LongAdder();

  /**
   * Creates the meter of a listener or client.
   *
   * @param name its name
   * @param protocol its protocol's name
   * @param loopCount the number of its event loops
   * @param sessionLog which of its sessions are logged when they have ended
   */
  public ServiceMeter(
      String name, String protocol, int loopCount, Observers observers, SessionLog sessionLog) {
    JfrEvents.load();
    this.sessionLog = sessionLog;
    this.name = name;
    this.protocol = protocol;
    this.observers = observers;
    this.loops = new AtomicReferenceArray<>(loopCount);
  }

  /** Returns the name of the listener or client. */
  public String name() {
    return name;
  }

  /** Returns the name of its protocol. */
  public String protocol() {
    return protocol;
  }

  /** Returns its observers. */
  public Observers observers() {
    return observers;
  }

  /** Returns the log for the ends of its sessions. */
  public EndLog endLog() {
    return endLog;
  }

  /** Returns the meter of one of its loops. */
  public LoopMeter on(int loop) {
    LoopMeter known = loops.get(loop);
    if (known != null) {
      return known;
    }
    LoopMeter made = new LoopMeter(this, observers);
    LoopMeter first = loops.compareAndExchange(loop, null, made);
    return first == null ? made : first;
  }

  private Stream<LoopMeter> meters() {
    return IntStream.range(0, loops.length()).mapToObj(loops::get).filter(Objects::nonNull);
  }

  /** Counts a session that begins. */
  public void opened(long session, @Nullable Association association) {
    opened.increment();
    if (!observers.isEmpty()) {
      observers.fire(each -> each.sessionOpened(name, session, association));
    }
  }

  /** Counts a session that has ended. */
  public void ended(SessionRecord its) {
    synchronized (connections) {
      connections.record(its.duration().toNanos(), 1);
    }
    increment(ended, its.reason());
    JfrEvents.sessionEnded(its);
    if (sessionLog.has(its.reason()) && SESSIONS.isInfoEnabled()) {
      try {
        log(its);
      } catch (RuntimeException | Error appenderFailed) {
        // the end of the session continues
      }
    }
    if (!observers.isEmpty()) {
      observers.fire(each -> each.sessionEnded(its));
    }
  }

  /** Logs a record: as text in the message, and as key-value pairs for a layout that has them. */
  private static void log(SessionRecord its) {
    Map<String, Object> fields = its.fields();
    LoggingEventBuilder event = SESSIONS.atInfo();
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      event = event.addKeyValue(field.getKey(), field.getValue());
    }
    event.log(
        "session ended: "
            + fields.entrySet().stream()
                .map(each -> each.getKey() + '=' + each.getValue())
                .collect(Collectors.joining(" ")));
  }

  /** Counts a connection that was rejected. */
  public void rejected(@Nullable Endpoint peer, Rejection limit) {
    increment(rejected, limit);
    JfrEvents.connectionRejected(name, peer, limit);
    if (!observers.isEmpty()) {
      observers.fire(each -> each.connectionRejected(name, peer, limit));
    }
  }

  /** Counts a TLS handshake that has ended. */
  public void handshakeEnded(Observer.Handshake its) {
    JfrEvents.handshakeEnded(its);
    if (its.failure() == null) {
      synchronized (handshakes) {
        handshakes.record(its.duration().toNanos(), 1);
      }
    } else {
      failedHandshakes.increment();
    }
    if (!observers.isEmpty()) {
      observers.fire(each -> each.handshakeEnded(its));
    }
  }

  void requestsBegan(long session, int count) {
    observers.fireOfRequests(each -> each.requestBegun(name, session, count));
  }

  void requestsAnswered(long session, long nanos, int count) {
    Duration duration = Duration.ofNanos(nanos);
    observers.fireOfRequests(each -> each.requestAnswered(name, session, count, duration));
  }

  /** Returns what was counted so far. */
  public ServiceFigures figures() {
    Map<EndReason, Long> byReason = sums(EndReason.class, ended);
    return new ServiceFigures(
        name,
        protocol,
        opened.sum(), // after the ended: never fewer
        byReason,
        sums(Rejection.class, rejected),
        sum(LoopMeter::readBytes),
        sum(LoopMeter::writtenBytes),
        sum(LoopMeter::requests),
        meters()
            .map(LoopMeter::requestDurations)
            .reduce(new Durations(Durations.Scale.ANSWERS).figures(), DurationFigures::plus),
        figures(connections),
        figures(handshakes),
        failedHandshakes.sum());
  }

  private static <K extends Enum<K>> Map<K, LongAdder> counters(Class<K> keys) {
    Map<K, LongAdder> counters = new EnumMap<>(keys);
    for (K key : keys.getEnumConstants()) {
      counters.put(key, new LongAdder());
    }
    return counters;
  }

  private static <K> void increment(Map<K, LongAdder> counters, K key) {
    Objects.requireNonNull(counters.get(key)).increment(); // each key has one
  }

  private static <K extends Enum<K>> Map<K, Long> sums(Class<K> keys, Map<K, LongAdder> counters) {
    Map<K, Long> sums = new EnumMap<>(keys);
    counters.forEach((key, count) -> sums.put(key, count.sum()));
    return Collections.unmodifiableMap(sums);
  }

  private long sum(ToLongFunction<LoopMeter> count) {
    return meters().mapToLong(count).sum();
  }

  private static DurationFigures figures(Durations of) {
    synchronized (of) {
      return of.figures();
    }
  }
}
