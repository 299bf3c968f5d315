package parley.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.protocol.greeting.GreetingProtocol;
import parley.testing.Peer;
import parley.testing.Servers;

/** Endpoints of all addresses, of IPv4 alone or of both families. */
@EnabledIf("parley.testing.Ports#haveIpv6")
class AllAddressesTest {

  private static String banner(String host, int port) throws IOException {
    try (Peer peer = Peer.connect(new InetSocketAddress(host, port))) {
      return peer.line();
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0, 0.0.0.0", "0, 0", "[::ffff:0.0.0.0], [::ffff:0.0.0.0]"})
  void allIpv4AddressesExcludeIpv6(String host, String shown) throws Exception {
    try (Server server = Server.serve("tcp://" + host + ":0", new GreetingProtocol())) {
      int port = server.endpoint().port();
      assertThat(server.listeners().get(0))
          .hasToString("tcp://" + shown + ":" + port + " greeting (IPv4)");
      assertThat(banner("127.0.0.1", port)).isEqualTo("Hello, World!");
      assertThatThrownBy(() -> banner("::1", port)).isInstanceOf(ConnectException.class);
      try (ServerSocket six = new ServerSocket(port, 1, InetAddress.getByName("::1"))) {
        assertThat(six.isBound()).as("the other socket").isTrue();
      }
    }
  }

  @Test
  void allIpv6AddressesIncludeIpv4() throws Exception {
    try (Server server = Server.serve("tcp://[::]:0", new GreetingProtocol())) {
      int port = server.endpoint().port();
      assertThat(server.listeners().get(0))
          .hasToString("tcp://[::]:" + port + " greeting (IPv4 and IPv6)");
      assertThat(banner("127.0.0.1", port)).isEqualTo("Hello, World!");
      assertThat(banner("::1", port)).isEqualTo("Hello, World!");
    }
  }

  /** A MINA application's address without a host covers both families, as with MINA's acceptor. */
  @Test
  void anAddressThatAnApplicationBindsCoversBothFamilies() throws Exception {
    try (Server server = Server.serve("tcp://0.0.0.0:0", new GreetingProtocol())) {
      var acceptor = Servers.acceptor(server);
      var own = acceptor.getLocalAddress();
      acceptor.bind(new InetSocketAddress(0));
      int port =
          acceptor.getLocalAddresses().stream()
              .filter(each -> !each.equals(own))
              .map(each -> ((InetSocketAddress) each).getPort())
              .findFirst()
              .orElseThrow();
      assertThat(banner("127.0.0.1", port)).isEqualTo("Hello, World!");
      assertThat(banner("::1", port)).isEqualTo("Hello, World!");
    }
  }

  @Test
  void anAddressInUseIsReportedAndNothingIsLeft() throws Exception {
    try (Server server = Server.serve("tcp://0.0.0.0:0", new GreetingProtocol())) {
      String endpoint = server.endpoint().toString();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> Server.serve(endpoint, new GreetingProtocol()))
            .hasMessage("cannot bind " + endpoint + " (listener greeting): Address already in use");
      }
      server.close();
      Server.serve(endpoint, new GreetingProtocol()).close();
    }
  }
}
