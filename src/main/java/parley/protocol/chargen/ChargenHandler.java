package parley.protocol.chargen;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import parley.internal.loop.SessionLifecycle;

/**
 * Writes one cycle of the pattern, and the next one when the kernel has taken it: a session holds
 * at most one cycle, of {@value #CYCLE_BYTES} bytes, which all sessions share.
 */
final class ChargenHandler extends IoHandlerAdapter {

  private static final int FIRST = ' ';
  private static final int CHARACTERS = '~' - FIRST + 1;
  private static final int LINE = 72;

  /** From one line to the same line again. */
  static final int CYCLE_BYTES = CHARACTERS * (LINE + 2);

  private static final IoBuffer CYCLE = cycle();

  private static IoBuffer cycle() {
    IoBuffer cycle = IoBuffer.allocate(CYCLE_BYTES, true);
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

  /** Goes on, for a session's share of a round; then the loop gives the others their turns. */
  @Override
  public void messageSent(IoSession session, Object sent) {
    if (!SessionLifecycle.of(session).isEnding()) {
      session.write(CYCLE.duplicate());
    }
  }

  /** The client has no more to say; it reads on. */
  @Override
  public void inputClosed(IoSession session) {}
}
