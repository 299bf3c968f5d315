package parley.protocol.chargen;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import parley.codec.BytesCodecFactory;
import parley.codec.Codec;
import parley.internal.loop.SessionLifecycle;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;

/**
 * The character generator: sends lines of characters while the client reads, and drops the client's
 * bytes (RFC 864).
 *
 * <pre>
 *  !"#$%&amp;'()*+,-./0123456789:;&lt;=&gt;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg CR LF
 * !"#$%&amp;'()*+,-./0123456789:;&lt;=&gt;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh CR LF
 * |&lt;-              72 of the 95 characters from space to ~               -&gt;|
 * </pre>
 *
 * <p>Each line starts one character later, and space follows ~, so the pattern repeats after 95
 * lines. A client that half-closes still receives more: only its close, or a drain of the server
 * after a whole cycle, ends the session. A client's frame is the bytes of one read.
 */
public final class ChargenProtocol implements Protocol<IoBuffer, IoBuffer> {

  @Override
  public String name() {
    return "chargen";
  }

  @Override
  public Codec<IoBuffer, IoBuffer> codec(Settings settings) {
    return new BytesCodecFactory();
  }

  @Override
  public Codec<IoBuffer, IoBuffer> clientCodec(Settings settings) {
    return codec(settings);
  }

  @Override
  public IoHandler handler(Settings settings) {
    return new Handler();
  }

  @Override
  public Correlation<IoBuffer, IoBuffer> correlation() {
    return Correlation.none();
  }

  /**
   * Writes one cycle of the pattern, and the next one after the kernel has taken it. A session
   * holds at most one cycle, whose bytes all sessions share.
   */
  private static final class Handler extends IoHandlerAdapter {

    private static final int FIRST = ' ';
    private static final int CHARACTERS = '~' - FIRST + 1;
    private static final int LINE = 72;
    private static final IoBuffer CYCLE = cycle();

    /** Returns the lines of one cycle. */
    private static IoBuffer cycle() {
      IoBuffer cycle = IoBuffer.allocate(CHARACTERS * (LINE + 2), true);
      for (int line = 0; line < CHARACTERS; line++) {
        for (int column = 0; column < LINE; column++) {
          cycle.put((byte) (FIRST + (line + column) % CHARACTERS));
        }
        cycle.put((byte) '\r').put((byte) '\n');
      }
      return cycle.flip().asReadOnlyBuffer();
    }

    @Override
    public void sessionOpened(IoSession session) {
      session.write(CYCLE.duplicate());
    }

    /** Writes the next cycle, up to the session's share of a turn of the event loop. */
    @Override
    public void messageSent(IoSession session, Object sent) {
      if (!SessionLifecycle.of(session).isEnding()) {
        session.write(CYCLE.duplicate());
      }
    }

    /** Keeps the session open: the client sends no more, but may still read. */
    @Override
    public void inputClosed(IoSession session) {}
  }
}
