package bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A connection of the floor: one read, the lines in it, one write. */
final class NioConnection implements NioServer.Ready {

  private static final byte[] HELLO = "Hello, ".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BANNER = "Hello, World!\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NOTHING = {};

  private final SocketChannel channel;
  private final NioLoop loop;
  private byte[] begun = NOTHING;
  private ByteBuffer unsent;

  NioConnection(SocketChannel channel, NioLoop loop) {
    this.channel = channel;
    this.loop = loop;
  }

  void greet(SelectionKey key) throws IOException {
    loop.out.clear().put(BANNER).flip();
    send(key);
  }

  @Override
  public void ready(SelectionKey key) throws IOException {
    if (unsent != null) {
      sendRest(key);
      return;
    }
    int read = channel.read(loop.in.clear());
    if (read < 0) {
      channel.close();
      return;
    }
    int length = begun.length + read;
    if (loop.lines.length < length) {
      loop.lines = new byte[2 * length];
    }
    System.arraycopy(begun, 0, loop.lines, 0, begun.length);
    loop.in.flip().get(loop.lines, begun.length, read);
    int answered = answer(length);
    if (answered > 0) {
      if (loop.out.capacity() < answered) {
        loop.out = ByteBuffer.allocateDirect(2 * answered);
      }
      loop.out.clear().put(loop.answers, 0, answered).flip();
      send(key);
    }
  }

  /** Answers the lines; keeps an unfinished one. Returns the bytes of the answers. */
  private int answer(int length) {
    byte[] lines = loop.lines;
    int from = 0;
    int out = 0;
    for (int i = begun.length; i < length; i++) {
      if (lines[i] == '\n') {
        out = answer(lines, from, i - from, out);
        from = i + 1;
      }
    }
    begun = from == length ? NOTHING : Arrays.copyOfRange(lines, from, length);
    return out;
  }

  private int answer(byte[] lines, int from, int length, int at) {
    int end = at + HELLO.length + length + 2;
    if (end > loop.answers.length) {
      loop.answers = Arrays.copyOf(loop.answers, 2 * end);
    }
    byte[] answers = loop.answers;
    System.arraycopy(HELLO, 0, answers, at, HELLO.length);
    System.arraycopy(lines, from, answers, at + HELLO.length, length);
    answers[end - 2] = '!';
    answers[end - 1] = '\n';
    return end;
  }

  private void send(SelectionKey key) throws IOException {
    channel.write(loop.out);
    if (loop.out.hasRemaining()) { // continues to read when the peer has taken the rest
      unsent = ByteBuffer.allocate(loop.out.remaining()).put(loop.out).flip();
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private void sendRest(SelectionKey key) throws IOException {
    channel.write(unsent);
    if (!unsent.hasRemaining()) {
      unsent = null;
      key.interestOps(SelectionKey.OP_READ);
    }
  }
}
