package parley.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://127.0.0.1:9123",
        "tcp://[::1]:0",
        "tcp://localhost:65535",
        "tcp://[fe80::1%eth0]:1"
      })
  void readsBackWhatItPrints(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
    assertThat(Endpoint.parse(Endpoint.parse(text).toString())).isEqualTo(Endpoint.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:1, tcp://HOST:PORT",
    "tcp://localhost, tcp://HOST:PORT",
    "tcp://::1:5, tcp://HOST:PORT",
    "http://localhost:1, (expected: tcp or tls)",
    "tcp://localhost:65536, 65536 (expected: 0 to 65535)",
    "tcp://localhost:-1, \"-1\" (expected: 0 to 65535)",
    "tcp://localhost:, \"\" (expected: 0 to 65535)",
    "tcp://:1, tcp://HOST:PORT",
    "tcp://a b:1, host: \"a b\"",
    "tcp://[localhost]:1, expected: an IPv6 address",
    "tcp://localhost:1/path, \"1/path\" (expected: 0 to 65535)"
  })
  void rejectsOtherValuesAndNamesTheExpectedOnes(String text, String expected) {
    assertThatThrownBy(() -> Endpoint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void anAssociationIsTheTriple() {
    Association association =
        new Association(
            "tcp",
            Endpoint.of(new InetSocketAddress("127.0.0.1", 9123)),
            Endpoint.of(new InetSocketAddress("::1", 5)));
    assertThat(association).hasToString("{tcp, 127.0.0.1:9123, [0:0:0:0:0:0:0:1]:5}");
  }
}
