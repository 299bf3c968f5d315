package parley.protocol.time;

import java.time.Clock;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.internal.loop.SessionLifecycle;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.session.EndReason;

/**
 * Time: sends the time in 32 bits and closes, whatever the client sends (RFC 868).
 *
 * <pre>
 * +----+----+----+----+
 * | EE | AF | 88 | 25 |   4004481061 seconds since 1900 began: 24 November 2026, 03:51:01 UTC
 * +----+----+----+----+
 * |&lt;- big-endian -&gt;|
 * </pre>
 *
 * <p>A client's frame is that number, a Long from 0 to 2^32 - 1. It wraps to 0 on 7 February 2036
 * at 06:28:16 UTC; the client must know which cycle is meant.
 */
public final class TimeProtocol implements Protocol<Long, Long> {

  /**
   * The seconds from the start of 1900 to the start of 1970, the epoch of {@link
   * java.time.Instant}.
   */
  public static final long SECONDS_1900_TO_1970 = 2_208_988_800L;

  private static final long MAX = 0xFFFF_FFFFL;

  private final Clock clock;

  /** Creates the protocol with the host's clock. */
  public TimeProtocol() {
    this(Clock.systemUTC());
  }

  TimeProtocol(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "time";
  }

  @Override
  public Codec<Long, Long> codec(Settings settings) {
    return new FrameCodecFactory<>(Decoder::new, TimeProtocol::encode);
  }

  private static void encode(Long time, IoBuffer out) {
    if (time < 0 || time > MAX) {
      throw new IllegalArgumentException("time: " + time + " (expected: 0 to " + MAX + ")");
    }
    out.putInt(time.intValue());
  }

  @Override
  public Codec<Long, Long> clientCodec(Settings settings) {
    return codec(settings);
  }

  @Override
  public IoHandler handler(Settings settings) {
    return new IoHandlerAdapter() {
      @Override
      public void sessionOpened(IoSession session) {
        SessionLifecycle.of(session)
            .beginEnd(EndReason.LAST_ANSWER, SessionLifecycle.QueuedFrames.HANDLED);
        session.write((clock.instant().getEpochSecond() + SECONDS_1900_TO_1970) & MAX);
        session.closeOnFlush();
      }
    };
  }

  @Override
  public Correlation<Long, Long> correlation() {
    return Correlation.none();
  }

  private static final class Decoder extends FrameDecoder<Long> {

    Decoder() {
      super(Integer.BYTES);
    }

    @Override
    protected Long readFrame(IoBuffer in) {
      return in.getUnsignedInt();
    }
  }
}
