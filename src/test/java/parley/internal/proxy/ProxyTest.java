package parley.internal.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.endpoint.Association;
import parley.internal.loop.TestClock;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.proxy.ProxyConfig;
import parley.proxy.ProxyHeader;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Raw headers to a server that trusts 127.0.0.1 as a proxy. */
class ProxyTest {

  private static final String ADA = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";

  private static Server serve(UnaryOperator<ListenerConfig.Builder> more) throws IOException {
    return Servers.with(
        Servers.lineProtocol(
            AnswerHandler.<String, String>of(
                (session, line) -> {
                  ProxyHeader header = ProxyHeader.of(session);
                  InetSocketAddress peer = (InetSocketAddress) session.getRemoteAddress();
                  return line
                      + " "
                      + Association.of(session)
                      + " "
                      + peer.getAddress().getHostAddress()
                      + (header == null || header.tlvs().isEmpty()
                          ? ""
                          : " " + US_ASCII.decode(header.tlv(ProxyHeader.AUTHORITY)));
                })),
        listener ->
            more.apply(listener.proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1/32"))));
  }

  private static Server serve() throws IOException {
    return serve(listener -> listener);
  }

  @Test
  void theAssociationIsThatOfTheClient() throws Exception {
    try (Server server = serve();
        Peer first = Servers.peer(server);
        Peer second = Servers.peer(server)) {
      assertThat(first.send(ADA + "x\n").line())
          .isEqualTo("x {tcp, 192.0.2.1:443, 203.0.113.7:56324} 127.0.0.1");
      byte[] header =
          Headers.client(
              "2001:db8::7", 9, Headers.tlv(ProxyHeader.AUTHORITY, "a.example".getBytes()));
      assertThat(second.send(header).send("y\n").line())
          .isEqualTo(
              "y {tcp, [2001:db8:0:0:0:0:0:1]:443, [2001:db8:0:0:0:0:0:7]:9} 127.0.0.1 a.example");
    }
  }

  @Test
  void aHeaderMayBeCutAnywhere() throws Exception {
    try (Server server = serve();
        Peer peer = Servers.peer(server)) {
      for (byte each : (ADA + "x\n").getBytes()) {
        peer.send(new byte[] {each});
      }
      assertThat(peer.line()).startsWith("x {tcp, 192.0.2.1:443, 203.0.113.7:56324}");
    }
  }

  @Test
  void theProxyMaySpeakForItself() throws Exception {
    try (Server server = serve();
        Peer local = Servers.peer(server);
        Peer unknown = Servers.peer(server);
        Peer silent = Servers.peer(server)) {
      local.send(Headers.v2(0x20, 0, new byte[0])).send("x\n");
      assertThat(local.line()).matches("x \\{tcp, 127.0.0.1:\\d+, 127.0.0.1:\\d+} 127.0.0.1");
      assertThat(unknown.send("PROXY UNKNOWN\r\nx\n").line()).startsWith("x {tcp, 127.0.0.1:");
      assertThat(silent.halfClose().rest()).isEmpty();
    }
  }

  /** The header of a peer that is not trusted is ordinary input, whatever it contains. */
  @Test
  void headersOfUntrustedPeersAreIgnored() throws Exception {
    try (Server server = serve();
        Peer peer = Servers.peerFrom("127.0.0.2", server)) {
      peer.send(ADA);
      assertThat(peer.line())
          .startsWith(ADA.strip() + " {tcp, 127.0.0.1:")
          .contains(", 127.0.0.2:");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ada\n", "PROXY TCP4 x\r\n", "PROXY UNKNOWN "})
  void aBadHeaderIsLoggedInOneLineAndEndsTheSession(String text) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = serve();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send(text).halfClose().rest()).isEmpty();
      assertThat(logs.atLeast("INFO"))
          .anyMatch(
              line ->
                  line.contains("reason=refused detail=\"PROXY protocol: ")
                      && line.contains("127.0.0.1"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x12, 0x22, 0x31, 0x32})
  void protocolsOtherThanTcpKeepTheProxysAddress(int family) throws Exception {
    try (Server server = serve();
        Peer peer = Servers.peer(server)) {
      peer.send(Headers.v2(0x21, family, new byte[216])).send("x\n");
      assertThat(peer.line()).startsWith("x {tcp, 127.0.0.1:");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x10, 0x13, 0x33, 0x41, 0xFF})
  void unknownFamiliesAreRefused(int family) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = serve();
        Peer peer = Servers.peer(server)) {
      peer.send(Headers.v2(0x21, family, new byte[216])).send("x\n");
      assertThat(peer.rest()).isEmpty();
      assertThat(logs.atLeast("INFO"))
          .anyMatch(line -> line.contains("unknown family") && line.endsWith(" to test\""));
    }
  }

  @Test
  void aHeaderHasADeadline() throws Exception {
    try (Server server =
            serve(listener -> listener.proxyProtocol(ProxyConfig.TIMEOUT, Duration.ofMillis(50)));
        Peer peer = Servers.peer(server).send("PROXY TCP4")) {
      TestClock clock = TestClock.of(server);
      Servers.session(server);
      clock.advance(51);
      assertThat(peer.rest()).isEmpty();
    }
  }

  @Test
  void aHeaderThatHasArrivedHasNoDeadline() throws Exception {
    try (Server server =
            serve(listener -> listener.proxyProtocol(ProxyConfig.TIMEOUT, Duration.ofMinutes(1)));
        Peer peer = Servers.peer(server).send(ADA + "x\n")) {
      assertThat(peer.line()).startsWith("x ");
      TestClock.of(server).advance(60_001);
      assertThat(peer.send("y\n").line()).startsWith("y ");
    }
  }

  @Test
  void limitsCountTheClient() throws Exception {
    try (Server server =
            Servers.with(
                new GreetingProtocol(),
                listener ->
                    listener
                        .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1"))
                        .limit(Limits.CONNECTIONS_PER_ADDRESS, 2));
        Peer first = Servers.peer(server);
        Peer second = Servers.peer(server);
        Peer third = Servers.peer(server);
        Peer other = Servers.peer(server)) {
      assertThat(first.send(ADA).line()).isEqualTo("Hello, World!");
      assertThat(second.send(ADA).line()).isEqualTo("Hello, World!");
      assertThat(third.send(ADA).rest())
          .isEqualTo("ERR too many connections from one address: more than 2\n");
      assertThat(other.send(ADA.replace(".7 ", ".8 ")).line()).isEqualTo("Hello, World!");
      first.close();
      Await.until("a free place", () -> firstLine(server), line -> !line.startsWith("ERR"));
      for (Peer each : List.of(second, third, other)) {
        each.close();
      }
      var admission = Servers.admission(server);
      Servers.awaitConnections(server, 0);
      assertThat(admission.addresses()).isZero();
    }
  }

  private static String firstLine(Server server) throws IOException {
    try (Peer peer = Servers.peer(server)) {
      return peer.send(ADA).line();
    }
  }

  @Test
  void badNetworksAreRefused() {
    for (String bad : List.of("10.0.0.0/33", "10.0.0", "localhost", "fd00::/129", "/8", "")) {
      assertThatThrownBy(() -> ProxyConfig.TRUSTED.checked(List.of(bad)))
          .hasMessageContaining("addresses and networks");
    }
    assertThat(ProxyConfig.TRUSTED.checked(List.of("10.0.0.0/8", "::1", "fd00::/8"))).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.9/8, 127.0.0.0/8",
    "10.0.0.1/31, 10.0.0.0/31",
    "10.0.0.1/0, 0.0.0.0/0",
    "fd00::7/8, fd00:0:0:0:0:0:0:0/8",
    "2001:db8:1::/33, 2001:db8:0:0:0:0:0:0/33"
  })
  void networksWithHostBitsAreRefused(String bad, String nearest) {
    assertThatThrownBy(() -> ProxyConfig.TRUSTED.checked(List.of("::1/128", bad)))
        .hasMessageContaining(
            "(expected: a network without host bits: " + nearest + ", not " + bad + ")");
    assertThat(ProxyConfig.TRUSTED.checked(List.of(nearest))).hasSize(1);
  }
}
