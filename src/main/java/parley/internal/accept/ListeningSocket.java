package parley.internal.accept;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;

/** Gives one of MINA's acceptors a listening socket that MINA did not open itself. */
final class ListeningSocket {

  /** Gives access to MINA's selector, because MINA registers only sockets that it opened. */
  private static final VarHandle SELECTOR = selector();

  private ListeningSocket() {}

  private static VarHandle selector() {
    try {
      return MethodHandles.privateLookupIn(NioSocketAcceptor.class, MethodHandles.lookup())
          .findVarHandle(NioSocketAcceptor.class, "selector", Selector.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA version
    }
  }

  /**
   * Opens a socket like MINA's own, with the same options, but for IPv4 alone: MINA's are for both
   * families.
   */
  static ServerSocketChannel openIpv4(NioSocketAcceptor acceptor, SocketAddress address)
      throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, acceptor.isReuseAddress());
      int receiveBytes = acceptor.getSessionConfig().getReceiveBufferSize();
      if (receiveBytes >= 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
      }
      channel.bind(address, acceptor.getBacklog());
      register(acceptor, channel);
      return channel;
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** Lets the acceptor accept from a bound socket. */
  static void register(NioSocketAcceptor acceptor, ServerSocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    channel.register((Selector) SELECTOR.get(acceptor), SelectionKey.OP_ACCEPT);
  }

  static @Nullable SelectionKey key(NioSocketAcceptor acceptor, ServerSocketChannel channel) {
    return channel.keyFor((Selector) SELECTOR.get(acceptor));
  }
}
