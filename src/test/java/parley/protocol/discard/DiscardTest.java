package parley.protocol.discard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.server.DrainResult;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

class DiscardTest {

  private static final int MEGABYTE = 1 << 20;

  @Test
  void readsAMegabyteSendsNothingAndEndsAfterAHalfClose() throws Exception {
    try (Server server = Servers.of(new DiscardProtocol());
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send(new byte[MEGABYTE]).halfClose().bytes()).isEmpty();
    }
  }

  @Test
  void aDrainEndsItAndLosesNoInput() throws Exception {
    Server server = Servers.of(new DiscardProtocol());
    try (Peer peer = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      peer.send(new byte[MEGABYTE]);
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(peer.bytes()).isEmpty();
      peer.close();
      assertThat(drained.get().sessionsCut()).isZero();
      assertThat(session.getReadBytes()).isEqualTo(MEGABYTE);
      assertThat(session.getWrittenBytes()).isZero();
    }
  }

  @Test
  void aClientSendsToIt() throws Exception {
    try (Server server = Servers.of(new DiscardProtocol());
        Client<IoBuffer, IoBuffer> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), new DiscardProtocol()).build())) {
      client.send(IoBuffer.wrap(new byte[MEGABYTE])).get();
      IoSession session = Servers.session(server);
      client.drain().get();
      session.getCloseFuture().await();
      assertThat(session.getReadBytes()).isEqualTo(MEGABYTE);
    }
  }
}
