package bench.floor;

import bench.shared.Figures;
import bench.shared.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The greeting on bare selectors, one per thread: the least that a JVM costs. The first selector
 * accepts and assigns connections in turn. Lines have no bound and peers no deadline.
 */
public final class NioServer {

  private NioServer() {}

  public static void main(String[] args) throws IOException {
    NioLoop[] loops = new NioLoop[Ports.loops(args)];
    for (int i = 0; i < loops.length; i++) {
      loops[i] = new NioLoop();
    }
    ServerSocketChannel listening = ServerSocketChannel.open();
    listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    listening.bind(new InetSocketAddress("127.0.0.1", Ports.of(args)), 1024);
    listening.configureBlocking(false);
    listening.register(
        loops[0].selector(), SelectionKey.OP_ACCEPT, new Accepting(listening, loops));
    for (NioLoop loop : loops) {
      new Thread(loop, "loop").start();
    }
    Ports.listening(listening.socket().getLocalPort());
    Figures.answer();
  }

  /** The attachment of a key. */
  interface Ready {
    void ready(SelectionKey key) throws IOException;
  }

  private static final class Accepting implements Ready {

    private final ServerSocketChannel listening;
    private final NioLoop[] loops;
    private int dealt;

    Accepting(ServerSocketChannel listening, NioLoop[] loops) {
      this.listening = listening;
      this.loops = loops;
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
      for (SocketChannel each = listening.accept(); each != null; each = listening.accept()) {
        each.configureBlocking(false);
        each.setOption(StandardSocketOptions.TCP_NODELAY, true);
        loops[dealt++ % loops.length].add(each);
      }
    }
  }
}
