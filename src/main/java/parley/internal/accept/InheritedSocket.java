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
 * StandardInput=socket}) or by inetd ({@code wait}). It exists before and after the process, so no
 * connection is refused meanwhile. A listener with its address uses it instead of a bind.
 */
public final class InheritedSocket {

  private static @Nullable ServerSocketChannel taken;

  private InheritedSocket() {}

  /** Returns its address, or null if there is none or it was taken. */
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

  /**
   * Returns the socket for an acceptor that binds an address, or null if the address is another
   * one.
   */
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
   * Stops accepting from a handle, if it is this socket. The socket stays open until the process
   * ends: the JDK would close standard output and error together with it, and the log would be cut
   * off.
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
   * Returns whether a socket fits an address: the port is the same, and so is the IP address, or
   * one side has a wildcard. The socket's own address counts.
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
