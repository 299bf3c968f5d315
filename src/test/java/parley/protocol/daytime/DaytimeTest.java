package parley.protocol.daytime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Peer;
import parley.testing.Servers;

class DaytimeTest {

  private static DaytimeProtocol at(String instant) {
    return new DaytimeProtocol(Clock.fixed(Instant.parse(instant), ZoneOffset.UTC));
  }

  private static ListenerConfig listener(String instant, String zone) {
    return ListenerConfig.builder("test", Servers.FREE, at(instant))
        .set(DaytimeProtocol.ZONE, zone)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T03:51:01Z, UTC,           24 NOV 2026 03:51:01 UTC",
    "2026-07-04T22:09:08Z, Europe/Berlin, 05 JUL 2026 00:09:08 CEST",
    "2026-09-30T23:59:59Z, UTC,           30 SEP 2026 23:59:59 UTC",
    "2036-02-07T06:28:16Z, Asia/Tokyo,    07 FEB 2036 15:28:16 JST"
  })
  void sendsOneLineAndCloses(String instant, String zone, String line) throws Exception {
    ServerConfig config = ServerConfig.builder().listener(listener(instant, zone)).build();
    try (Server server = new Server(config).start();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.rest()).isEqualTo(line + "\r\n");
    }
  }

  @Test
  void isInTheHostsZoneByDefault() throws Exception {
    Instant now = Instant.parse("2026-11-24T03:51:01Z");
    String hour = String.format(" %02d:", now.atZone(ZoneId.systemDefault()).getHour());
    try (Server server = Servers.of(at(now.toString()));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.rest()).contains(hour);
    }
  }

  @Test
  void sendsTheLineAlsoToAClientThatSendsOrHasEndedItsSide() throws Exception {
    try (Server server = Servers.of(at("2026-11-24T03:51:01Z"));
        Peer sender = Servers.peer(server);
        Peer halfClosed = Servers.peer(server).halfClose()) {
      assertThat(sender.send(new byte[100_000]).rest()).endsWith("\r\n");
      assertThat(halfClosed.rest()).endsWith("\r\n");
    }
  }

  @Test
  void aClientReceivesTheLineAndThenTheEnd() throws Exception {
    BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    ListenerConfig listener = listener("2026-11-24T03:51:01Z", "UTC");
    try (Server server = new Server(ServerConfig.builder().listener(listener).build()).start();
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), new DaytimeProtocol())
                    .onUnsolicited(received::add)
                    .build())) {
      assertThat(received.take()).isEqualTo("24 NOV 2026 03:51:01 UTC");
      assertThat(client.lost().get()).hasMessage("connection closed by the server");
      assertThat(received).isEmpty();
    }
  }

  @Test
  void refusesAnUnknownZone() {
    assertThatThrownBy(() -> listener("2026-11-24T03:51:01Z", "Berlin"))
        .hasMessage(
            "zone: \"Berlin\" (expected: system, or a time zone such as UTC or Europe/Berlin)");
  }
}
