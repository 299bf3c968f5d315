package bench.load;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The local addresses and ports of connections. The side that closes first keeps its port in
 * TIME_WAIT for a minute, and one address has some 28,000 of them. So addresses 127.0.0.2 to
 * 127.0.0.65 and the ports below the ephemeral ones are taken in turn, if the system has those
 * addresses.
 */
final class Sources {

  private static final int ADDRESSES = 64;
  private static final int FIRST_PORT = 10_000;
  private static final int PORTS = 20_000;
  private static final int TRIES = 1000;

  private static final boolean SEVERAL = hasSeveral();

  /** Begins at a different place each time: ports of the previous run may still be in TIME_WAIT. */
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (System.currentTimeMillis() / 10 % (ADDRESSES * PORTS)));

  private Sources() {}

  private static boolean hasSeveral() {
    try (SocketChannel probe = SocketChannel.open()) {
      probe.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 65}), 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns a non-blocking channel that is connecting or connected. */
  static SocketChannel connect(InetSocketAddress server) throws IOException {
    for (int tried = 0; ; tried++) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (SEVERAL) {
          channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          channel.bind(next());
        }
        channel.connect(server);
        return channel;
      } catch (BindException | NoRouteToHostException taken) {
        channel.close();
        if (tried == TRIES) {
          throw taken;
        }
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
  }

  private static InetSocketAddress next() throws IOException {
    int next = Math.floorMod(NEXT.getAndIncrement(), ADDRESSES * PORTS);
    byte[] address = {127, 0, 0, (byte) (2 + next % ADDRESSES)};
    return new InetSocketAddress(InetAddress.getByAddress(address), FIRST_PORT + next / ADDRESSES);
  }
}
