package parley.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import parley.internal.accept.Admission;
import parley.protocol.AnswerHandler;
import parley.protocol.Setting;
import parley.protocol.greeting.GreetingProtocol;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A listener accepts connections up to its limits, and reports refusals. */
class LimitsTest {

  private static Server greeting(Setting<Integer> limit, int value) throws BindException {
    return Servers.with(new GreetingProtocol(), config -> config.limit(limit, value));
  }

  private static Admission admission(Server server) {
    return Servers.admission(server);
  }

  @Test
  void aConnectionBeyondTheLimitGetsOneLineAndLaterThereIsAPlace() throws Exception {
    try (Server server = greeting(Limits.CONNECTIONS, 2);
        Logs logs = Logs.capture()) {
      try (Peer first = Servers.peer(server);
          Peer second = Servers.peer(server)) {
        assertThat(first.line()).isEqualTo("Hello, World!");
        assertThat(second.line()).isEqualTo("Hello, World!");
        try (Peer third = Servers.peer(server)) {
          assertThat(third.rest()).isEqualTo("ERR too many connections: more than 2\n");
        }
        assertThat(logs.atLeast("INFO"))
            .singleElement()
            .asString()
            .contains("refused", "more than 2");
        second.send("Ada\n");
        assertThat(second.line()).isEqualTo("Hello, Ada!");
      }
      Servers.awaitConnections(server, 0);
      assertThat(admission(server).addresses()).isZero();
      try (Peer next = Servers.peer(server)) {
        assertThat(next.line()).isEqualTo("Hello, World!");
      }
    }
  }

  @Test
  void eachAddressHasAShareOfItsOwn() throws Exception {
    try (Server server = greeting(Limits.CONNECTIONS_PER_ADDRESS, 1);
        Peer first = Servers.peer(server);
        Peer second = Servers.peer(server);
        Peer other = Servers.peerFrom("127.0.0.2", server)) {
      assertThat(first.line()).isEqualTo("Hello, World!");
      assertThat(second.rest())
          .isEqualTo("ERR too many connections from one address: more than 1\n");
      assertThat(other.line()).isEqualTo("Hello, World!");
    }
  }

  @Test
  void aStormIsRefusedToTheRateAndTheLogIsBounded() throws Exception {
    try (Server server =
            Servers.with(
                new GreetingProtocol(),
                config ->
                    config
                        .limit(Limits.CONNECTIONS_PER_SECOND, 1)
                        .limit(Limits.CONNECTION_BURST, 1));
        Logs logs = Logs.capture()) {
      int refused = 0;
      for (int i = 0; i < 300; i++) {
        try (Peer peer = Servers.peer(server)) {
          refused += peer.line().startsWith("ERR too many connections per second") ? 1 : 0;
        }
      }
      assertThat(refused).isGreaterThan(200);
      assertThat(logs.atLeast("INFO")).hasSizeLessThan(refused / 2);
    }
  }

  /** A handler without refusals sends nothing: the connection is closed. */
  @Test
  void aHandlerWithoutRefusalsJustCloses() throws Exception {
    AnswerHandler<String, String> echo = AnswerHandler.of((session, line) -> line);
    try (Server server =
        Servers.with(Servers.lineProtocol(echo), config -> config.limit(Limits.CONNECTIONS, 1))) {
      try (Peer first = Servers.peer(server)) {
        assertThat(first.send("a\n").line()).isEqualTo("a");
        try (Peer second = Servers.peer(server)) {
          assertThat(second.rest()).isEmpty();
        }
      }
    }
  }
}
