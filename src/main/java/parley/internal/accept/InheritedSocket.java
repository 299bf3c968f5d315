package parley.internal.accept;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that this process was started with, as descriptor 0: by systemd ({@code
 * StandardInput=socket}) or by inetd ({@code wait}). It is there before the process and after it,
 * so no connection is refused meanwhile. Who listens at its address takes it in place of a bind.
 */
public final class InheritedSocket {

  private static @Nullable ServerSocketChannel taken;

  private InheritedSocket() {}

  /** Its address, or null if there is none, or it was taken. */
  public static synchronized @Nullable InetSocketAddress address() throws IOException {
    ServerSocketChannel channel = channel();
    return channel == null ? null : (InetSocketAddress) channel.getLocalAddress();
  }

  private static @Nullable ServerSocketChannel channel() throws IOException {
    Channel inherited = taken == null ? System.inheritedChannel() : null;
    return inherited instanceof ServerSocketChannel channel
            && channel.getLocalAddress() instanceof InetSocketAddress
        ? channel
        : null;
  }

  /** The socket for an acceptor that is to bind an address, or null if it is not that one's. */
  static synchronized @Nullable ServerSocketChannel take(
      NioSocketAcceptor acceptor, SocketAddress address) throws IOException {
    ServerSocketChannel channel = channel();
    if (channel == null || !isFor(address, (InetSocketAddress) channel.getLocalAddress())) {
      return null;
    }
    taken = channel;
    ListeningSocket.register(acceptor, channel);
    return channel;
  }

  /**
   * Accepts no more from it, if it is this handle. It stays open until the process ends: the JDK
   * takes standard output and error away together with it, and the log would have no end.
   */
  static synchronized boolean leave(NioSocketAcceptor acceptor, ServerSocketChannel handle) {
    if (handle != taken) {
      return false;
    }
    SelectionKey key = ListeningSocket.key(acceptor, handle);
    if (key != null) {
      key.cancel();
    }
    return true;
  }

  /**
   * Whether who wants an address takes a socket: the same port; and the same address, or any on one
   * side: the socket's own counts.
   */
  public static boolean isFor(SocketAddress wanted, InetSocketAddress its) {
    return wanted instanceof InetSocketAddress address
        && !address.isUnresolved()
        && address.getPort() == its.getPort()
        && (address.getAddress().equals(its.getAddress())
            || address.getAddress().isAnyLocalAddress()
            || its.getAddress().isAnyLocalAddress());
  }
}
