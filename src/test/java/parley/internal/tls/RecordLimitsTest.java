package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;
import parley.testing.Logs;
import parley.tls.TlsConfig;

/** A record that breaks RFC 8446 or RFC 5246 is refused as soon as its header is there. */
class RecordLimitsTest {

  private static final String TOO_LONG = "reason=refused detail=\"TLS: a record is too long\"";

  /** Returns a server whose deadlines are too long to end a session here. */
  private static Server greeting() throws Exception {
    return Certs.serve(
        Certs.listener(new GreetingProtocol())
            .tls(TlsConfig.HANDSHAKE_TIMEOUT, Duration.ofMinutes(10)));
  }

  private static byte[] header(int type, int length) {
    return new byte[] {(byte) type, 3, 3, (byte) (length >> 8), (byte) length};
  }

  @ParameterizedTest
  @CsvSource({"22, 16385", "22, 16640", "20, 16385", "21, 65535", "23, 16641"})
  void aLongRecordIsRefusedAtTheHeaderInAHandshake(int type, int length) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, "TLSv1.3").sendRaw(header(type, length))) {
      assertThat(peer.raw().bytes()).containsExactly(21, 3, 3, 0, 2, 2, 22); // record_overflow
      assertThat(logs.atLeast("INFO")).anyMatch(line -> line.endsWith(TOO_LONG));
    }
  }

  /**
   * The server waits for a record at the limit; when the record is complete, the server refuses its
   * content.
   */
  @ParameterizedTest
  @CsvSource({"22, 16384", "23, 16640"})
  void theServerWaitsForARecordOfTheLongestLength(int type, int length) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, "TLSv1.3").sendRaw(header(type, length))) {
      byte[] alert = peer.sendRaw(new byte[length]).raw().bytes();
      assertThat(alert).hasSize(7).startsWith(21, 3, 3, 0, 2, 2);
      assertThat(alert[6]).isNotEqualTo((byte) 22);
    }
  }

  /** Once there are keys, the engine sends the alert: it has no record_overflow. */
  @ParameterizedTest
  @CsvSource({"TLSv1.3, 16641, true", "TLSv1.2, 18433, true", "TLSv1.2, 18432, false"})
  void aLongRecordIsRefusedAtTheHeaderWithKeys(String version, int length, boolean refused)
      throws Exception {
    try (Logs logs = Logs.capture();
        Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      peer.sendRaw(header(23, length));
      if (!refused) {
        peer.sendRaw(new byte[length]); // cannot be decrypted
      }
      assertThatThrownBy(peer::rest)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining(refused ? "unexpected_message" : "Received fatal alert");
      peer.raw().bytes(); // the log has its line before the stream ends
      assertThat(logs.atLeast("INFO").stream().anyMatch(line -> line.endsWith(TOO_LONG)))
          .isEqualTo(refused);
    }
  }

  /** In the middle of a TLS 1.3 handshake the server has keys, and the client reads with them. */
  @Test
  void aLongRecordIsRefusedWithTheKeysOfAHandshake() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, "TLSv1.3")) {
      byte[] last = peer.handshakeButLast();
      assertThat(last).isNotEmpty();
      peer.sendRaw(header(23, 16641));
      assertThatThrownBy(peer::rest)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("unexpected_message");
    }
  }

  /**
   * RFC 8446, section 5: it may come between the first ClientHello and Finished, and has no effect.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 0})
  void aChangeOfCiphersAfterFinishedIsRefused(int value) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, "TLSv1.3").handshake()) {
      assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, World!");
      assertThat(peer.line()).isEqualTo("Hello, Ada!");
      peer.sendRaw(new byte[] {20, 3, 3, 0, 1, (byte) value});
      assertThatThrownBy(peer::rest)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("unexpected_message");
      peer.raw().bytes();
      assertThat(logs.atLeast("INFO"))
          .anyMatch(line -> line.endsWith("TLS: change_cipher_spec after the handshake\""));
    }
  }
}
