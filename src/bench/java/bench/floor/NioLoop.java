package bench.floor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One selector, one thread, and the buffers that its connections share. */
final class NioLoop implements Runnable {

  private static final int READ_BYTES = 65_536;

  private final Selector selector = Selector.open();
  private final Queue<SocketChannel> added = new ConcurrentLinkedQueue<>();
  private volatile Thread thread;

  /** The most bytes of one read. */
  final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);

  /** The bytes of a read, after the unfinished line of the previous read. */
  byte[] lines = new byte[2 * READ_BYTES];

  /** The answers to a read: at most nine more bytes for each byte that was read. */
  byte[] answers = new byte[2 * READ_BYTES];

  ByteBuffer out = ByteBuffer.allocateDirect(2 * READ_BYTES);

  NioLoop() throws IOException {}

  Selector selector() {
    return selector;
  }

  /** May be called from any thread. */
  void add(SocketChannel channel) throws IOException {
    if (Thread.currentThread() == thread) {
      open(channel);
    } else {
      added.add(channel);
      selector.wakeup();
    }
  }

  private void open(SocketChannel channel) throws IOException {
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    NioConnection connection = new NioConnection(channel, this);
    key.attach(connection);
    try {
      connection.greet(key);
    } catch (IOException gone) {
      channel.close();
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (true) {
        selector.select(NioLoop::ready);
        for (SocketChannel each = added.poll(); each != null; each = added.poll()) {
          open(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void ready(SelectionKey key) {
    try {
      ((NioServer.Ready) key.attachment()).ready(key);
    } catch (IOException gone) {
      close(key);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
