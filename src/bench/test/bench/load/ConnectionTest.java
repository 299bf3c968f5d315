package bench.load;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** A connection has stalled if an answer is due at two checks and nothing came in between. */
class ConnectionTest {

  private final ByteBuffer in = ByteBuffer.allocate(1024);

  @Test
  void aConnectionThatAskedBetweenTwoChecksHasNotStalled() throws Exception {
    var loopback = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    try (ServerSocketChannel listening = ServerSocketChannel.open().bind(loopback);
        SocketChannel channel = SocketChannel.open(listening.getLocalAddress());
        SocketChannel server = listening.accept();
        Selector selector = Selector.open()) {
      Connection connection = new Connection(0, new Wire(channel), Names.of(16, 1).view(), 0, null);
      server.write(ByteBuffer.wrap(Names.BANNER));
      while (!connection.greeted()) {
        connection.receive(in);
      }
      channel.configureBlocking(false);
      connection.key = channel.register(selector, SelectionKey.OP_READ);
      assertFalse(connection.stalled(), "nothing was asked");
      connection.askUntil(1);
      assertFalse(connection.stalled(), "asked since the last check");
      assertTrue(connection.stalled(), "nothing has come since");
    }
  }
}
