package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.client.ByHand.failure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.testing.Extended;
import parley.testing.Peer;

/** A failure is the exception that the Javadoc names, and affects nothing else. */
class ClientErrorsTest {

  private static String thrown(String what, String line) {
    if (!line.startsWith("bad")) {
      return line;
    }
    if (what.equals("error")) {
      throw new NoClassDefFoundError("bad line");
    }
    throw new IllegalStateException("bad line");
  }

  /** The failure is an exception or an Error, from the key function or from the encoder. */
  @ParameterizedTest
  @ValueSource(strings = {"exception", "error"})
  void anExceptionForARequestFailsThatRequestAlone(String what) throws Exception {
    Protocol<String, String> badKeys =
        Protocol.of(
            "bad-keys",
            new LineCodecFactory(),
            AnswerHandler.of((session, line) -> line),
            Correlation.byKey(line -> thrown(what, line), line -> thrown(what, line)));
    Codec<String, String> codec =
        new MappedCodecFactory<>(
            new LineCodecFactory(),
            (String line) -> line,
            (String line) -> thrown(what.equals("error") ? "" : what, line));
    Protocol<String, String> badCodec =
        Protocol.of("bad-codec", codec, AnswerHandler.of(line -> line));
    for (Protocol<String, String> protocol : List.of(badKeys, badCodec)) {
      try (ByHand server = new ByHand();
          Client<String, String> client =
              Client.connect(ClientConfig.builder(server.endpoint(), protocol).build());
          Peer peer = server.accept()) {
        CompletableFuture<String> before = client.ask("before");
        CompletableFuture<String> bad = client.ask("bad");
        CompletableFuture<String> after = client.ask("after");
        assertThat(failure(bad)).hasMessageContaining("bad line");
        assertThat(peer.line() + peer.line()).isEqualTo("beforeafter");
        peer.send("before\nafter\n");
        assertThat(before.get()).isEqualTo("before");
        assertThat(after.get()).isEqualTo("after");
        assertThat(client.inFlight()).isZero();
      }
    }
  }

  @Test
  void aClosedClientReportsThat() throws Exception {
    try (ByHand server = new ByHand()) {
      Client<String, String> client = Client.connect(server.client().build());
      client.close();
      client.close();
      assertThat(failure(client.ask("a"))).isExactlyInstanceOf(ClientException.class);
      assertThat(failure(client.send("a"))).isExactlyInstanceOf(ClientException.class);
      assertThat(failure(client.connected())).isInstanceOf(ConnectionLostException.class);
      client.drain().get();
      Connector connector = new Connector();
      connector.close();
      assertThat(failure(connector.connect(server.client().build())))
          .isInstanceOf(ConnectException.class)
          .hasMessage("the connector is closed");
    }
  }

  @Test
  void aProtocolWithMissingPartsIsReported() throws Exception {
    Protocol<String, String> noFilters =
        new Extended<>(
            ByHand.lines(),
            (chain, side) -> {
              throw new IllegalStateException("no filters");
            });
    ClientConfig<String, String> config =
        ClientConfig.builder(Endpoint.parse("tcp://127.0.0.1:1"), noFilters).build();
    assertThatThrownBy(() -> Client.connect(config)).isInstanceOf(ProtocolException.class);
    try (Connector connector = new Connector()) {
      assertThatThrownBy(() -> connector.connect(config)).isInstanceOf(ProtocolException.class);
    }
  }

  /** Each place where a filter may throw while a session begins. */
  @ParameterizedTest
  @ValueSource(strings = {"created", "opened"})
  void aFilterThatFailsFailsTheConnect(String where) throws Exception {
    Protocol<String, String> failing =
        new Extended<>(ByHand.lines(), (chain, side) -> chain.addLast("fails", new Fails(where)));
    try (ByHand server = new ByHand()) {
      ClientConfig<String, String> config =
          ClientConfig.builder(server.endpoint(), failing)
              .connectTimeout(Duration.ofHours(1))
              .build();
      assertThatThrownBy(() -> Client.connect(config))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("no session");
    }
  }

  private static final class Fails extends IoFilterAdapter {

    private final String where;

    Fails(String where) {
      this.where = where;
    }

    @Override
    public void sessionCreated(NextFilter next, IoSession session) {
      if (where.equals("created")) {
        throw new IllegalStateException("no session");
      }
      next.sessionCreated(session);
    }

    @Override
    public void sessionOpened(NextFilter next, IoSession session) {
      throw new IllegalStateException("no session");
    }
  }

  @Test
  void badValuesAreRefusedWithTheAllowedValues() {
    ClientConfig.Builder<String, String> config =
        ClientConfig.builder(Endpoint.parse("tcp://127.0.0.1:1"), ByHand.lines());
    assertThatThrownBy(() -> config.outboundBytes(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outbound bytes: 1 (expected: 65536 or more)");
    assertThatThrownBy(() -> config.endpoint(Endpoint.parse("tcp://127.0.0.1:0")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Connector(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
