package parley.protocol.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

class EchoTest {

  @Test
  void allBytesComeBackIncludingThoseBeforeAHalfClose() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(862).nextBytes(sent);
    try (Server server = Servers.of(new EchoProtocol());
        Peer peer = Servers.peer(server)) {
      CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(peer::bytes);
      peer.send(sent).halfClose();
      assertThat(received.get()).isEqualTo(sent);
    }
  }
}
