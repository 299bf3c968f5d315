package parley.internal.telemetry;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingControl;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.endpoint.Endpoint;
import parley.telemetry.Observer;
import parley.telemetry.Rejection;
import parley.telemetry.SessionRecord;

/**
 * The events of Java Flight Recorder, without stacks and payload. They are instants with a duration
 * among their fields, since an event that lasts would need an object for each open session. Its
 * setting {@code longerThan} takes the place of JFR's {@code threshold}, which compares the event's
 * own duration.
 *
 * <p>The classes of the events are loaded while a recording exists, not before. Thread-safe.
 */
public final class JfrEvents {

  private static final boolean IS_PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private static final RareLog FAILED =
      new RareLog(LoggerFactory.getLogger(JfrEvents.class), Level.ERROR);

  private JfrEvents() {}

  /** Returns whether there was a recording in this process. */
  private static boolean isOn() {
    return IS_PRESENT && FlightRecorder.isInitialized();
  }

  /**
   * Loads the classes that a process without a free descriptor could not load later: this one, and
   * the event of a rejected connection if there is a recording.
   */
  static void load() {
    if (isOn()) {
      var unused = new ConnectionRejected();
    }
  }

  /** A failure, such as a class that cannot be loaded, must not harm what is recorded. */
  private static void safely(Runnable commit) {
    try {
      commit.run();
    } catch (RuntimeException | Error e) {
      FAILED.log("JFR event failed", e);
    }
  }

  static void sessionEnded(SessionRecord its) {
    if (isOn()) {
      safely(() -> SessionEnd.commit(its));
    }
  }

  static void handshakeEnded(Observer.Handshake its) {
    if (isOn()) {
      safely(() -> Handshake.commit(its));
    }
  }

  static void connectionRejected(String listener, @Nullable Endpoint peer, Rejection limit) {
    if (isOn()) {
      safely(() -> ConnectionRejected.commit(listener, peer, limit));
    }
  }

  /** Records that a loop was held up, when it continues. */
  public static void loopHeldUp(String loop, Duration atMost) {
    if (isOn()) {
      safely(() -> LoopHeldUp.commit(loop, atMost));
    }
  }

  /**
   * The time that an event must have taken: {@code 20 ms}, {@code 1 s}; the shortest one counts.
   */
  public static final class LongerThan extends SettingControl {

    private static final Pattern TIME = Pattern.compile("(\\d{1,9}) *(ns|us|ms|s|m|h)");
    private String value = "0 ns";
    private volatile long nanos;

    private static long nanos(String text) {
      Matcher time = TIME.matcher(text.strip());
      if (!time.matches()) {
        return 0;
      }
      TimeUnit unit =
          switch (time.group(2)) {
            case "ns" -> TimeUnit.NANOSECONDS;
            case "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            default -> TimeUnit.HOURS;
          };
      return unit.toNanos(Long.parseLong(time.group(1)));
    }

    @Override
    public String combine(Set<String> values) {
      return values.stream()
          .min((one, other) -> Long.compare(nanos(one), nanos(other)))
          .orElse("0 ns");
    }

    @Override
    public void setValue(String text) {
      value = text;
      nanos = nanos(text);
    }

    @Override
    public String getValue() {
      return value;
    }

    boolean accepts(long duration) {
      return duration >= nanos;
    }
  }

  /** The end of a session. */
  @Name("parley.SessionEnd")
  @Label("Session End")
  @Description("A session has ended")
  @Category("Parley")
  @StackTrace(false)
  public static final class SessionEnd extends Event {

    @Label("Session")
    long session;

    @Label("Service")
    String service = "";

    @Label("Protocol")
    String protocol = "";

    @Label("Remote")
    @Nullable String remote;

    @Label("TLS Version")
    @Nullable String tls;

    @Label("Bytes Read")
    @DataAmount
    long readBytes;

    @Label("Bytes Written")
    @DataAmount
    long writtenBytes;

    @Label("Requests")
    long requests;

    @Label("Session Duration")
    @Timespan
    long lasted;

    @Label("Longest Answer")
    @Timespan
    long longestAnswer;

    @Label("Ended By")
    String endedBy = "";

    @Label("Reason")
    String reason = "";

    static void commit(SessionRecord its) {
      SessionEnd event = new SessionEnd();
      if (!event.isEnabled()) {
        return;
      }
      Duration longest = its.longestAnswer();
      event.session = its.id();
      event.service = its.service();
      event.protocol = its.protocol();
      event.remote = its.association() == null ? null : its.association().remote().authority();
      event.tls = its.tlsVersion();
      event.readBytes = its.readBytes();
      event.writtenBytes = its.writtenBytes();
      event.requests = its.requests();
      event.lasted = its.duration().toNanos();
      event.longestAnswer = longest == null ? 0 : longest.toNanos();
      event.endedBy = its.reason().endedBy().label();
      event.reason = its.reason().label();
      event.commit();
    }

    @SettingDefinition
    @Label("Longer Than")
    boolean longerThan(LongerThan setting) {
      return setting.accepts(lasted);
    }
  }

  /** The end of a TLS handshake. */
  @Name("parley.Handshake")
  @Label("TLS Handshake")
  @Description("A TLS handshake has ended")
  @Category("Parley")
  @StackTrace(false)
  public static final class Handshake extends Event {

    @Label("Session")
    long session;

    @Label("Service")
    String service = "";

    @Label("TLS Version")
    @Nullable String tls;

    @Label("Cipher Suite")
    @Nullable String cipher;

    @Label("Handshake Duration")
    @Timespan
    long lasted;

    @Label("Failure")
    @Nullable String failure;

    static void commit(Observer.Handshake its) {
      Handshake event = new Handshake();
      if (!event.isEnabled()) {
        return;
      }
      event.session = its.id();
      event.service = its.service();
      event.tls = its.version();
      event.cipher = its.cipher();
      event.lasted = its.duration().toNanos();
      event.failure = its.failure();
      event.commit();
    }

    @SettingDefinition
    @Label("Longer Than")
    boolean longerThan(LongerThan setting) {
      return failure != null || setting.accepts(lasted);
    }
  }

  /** A rejected connection. */
  @Name("parley.ConnectionRejected")
  @Label("Connection Rejected")
  @Description("A connection was rejected because of a limit")
  @Category("Parley")
  @StackTrace(false)
  public static final class ConnectionRejected extends Event {

    @Label("Listener")
    String listener = "";

    @Label("Peer")
    @Nullable String peer;

    @Label("Limit")
    String limit = "";

    static void commit(String listener, @Nullable Endpoint peer, Rejection limit) {
      ConnectionRejected event = new ConnectionRejected();
      if (event.isEnabled()) {
        event.listener = listener;
        event.peer = peer == null ? null : peer.authority();
        event.limit = limit.label();
        event.commit();
      }
    }
  }

  /** An event loop that was held up, and continues. */
  @Name("parley.LoopHeldUp")
  @Label("Event Loop Held Up")
  @Description("An event loop was held up for longer than the watchdog's limit, and continues")
  @Category("Parley")
  @StackTrace(false)
  public static final class LoopHeldUp extends Event {

    @Label("Event Loop")
    String loop = "";

    @Label("Blocked At Most")
    @Timespan
    long blocked;

    static void commit(String loop, Duration atMost) {
      LoopHeldUp event = new LoopHeldUp();
      if (event.isEnabled()) {
        event.loop = loop;
        event.blocked = atMost.toNanos();
        event.commit();
      }
    }

    @SettingDefinition
    @Label("Longer Than")
    boolean longerThan(LongerThan setting) {
      return setting.accepts(blocked);
    }
  }
}
