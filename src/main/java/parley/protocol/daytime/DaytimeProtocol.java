package parley.protocol.daytime;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.jspecify.annotations.Nullable;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.internal.loop.SessionLifecycle;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.session.EndReason;

/**
 * Daytime: sends date and time in one line and closes, whatever the client sends (RFC 867).
 *
 * <pre>
 * 24 NOV 2026 03:51:01 UTC CR LF
 * </pre>
 *
 * <p>The RFC leaves the format open; this one is xinetd's. A client's frame is the line, a String.
 */
public final class DaytimeProtocol implements Protocol<String, String> {

  private static final int MAX_LINE_BYTES = 128;
  private static final String SYSTEM = "system";

  /** The time zone: {@code system} for the host's, or a name such as {@code Europe/Berlin}. */
  public static final Setting<String> ZONE =
      Setting.text("zone", SYSTEM).check(DaytimeProtocol::knownZone);

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("dd MMM uuuu HH:mm:ss zzz", Locale.ENGLISH);

  private final Clock clock;

  /** Creates the protocol with the host's clock. */
  public DaytimeProtocol() {
    this(Clock.systemUTC());
  }

  DaytimeProtocol(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "daytime";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ZONE);
  }

  @Override
  public Codec<String, String> codec(Settings settings) {
    return new LineCodecFactory(StandardCharsets.US_ASCII, LineDelimiter.CRLF, MAX_LINE_BYTES);
  }

  @Override
  public Codec<String, String> clientCodec(Settings settings) {
    return codec(settings);
  }

  @Override
  public IoHandler handler(Settings settings) {
    ZoneId zone = zone(settings.get(ZONE));
    return new IoHandlerAdapter() {
      @Override
      public void sessionOpened(IoSession session) {
        SessionLifecycle.of(session)
            .beginEnd(EndReason.LAST_ANSWER, SessionLifecycle.QueuedFrames.HANDLED);
        session.write(line(zone));
        session.closeOnFlush();
      }
    };
  }

  private String line(ZoneId zone) {
    return FORMAT.format(clock.instant().atZone(zone)).toUpperCase(Locale.ROOT);
  }

  private static ZoneId zone(String name) {
    return name.equals(SYSTEM) ? ZoneId.systemDefault() : ZoneId.of(name);
  }

  private static @Nullable String knownZone(String name) {
    try {
      zone(name);
      return null;
    } catch (DateTimeException e) {
      return "system, or a time zone such as UTC or Europe/Berlin";
    }
  }

  @Override
  public Correlation<String, String> correlation() {
    return Correlation.none();
  }
}
