package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.Servers;
import parley.codec.CutShortException;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.Server;
import parley.transport.Input;

/** What stock MINA's SslFilter loses, holds or takes for something else: an own engine as peer. */
class TlsTest {

  private static final String V13 = "TLSv1.3";
  private static final String V12 = "TLSv1.2";

  private static TlsPeer connect(Server server, String version) throws Exception {
    return TlsPeer.of(Servers.endpoint(server), Certs.context(), version);
  }

  private static Server greeting() throws Exception {
    return Certs.serve(Certs.listener(new GreetingProtocol()));
  }

  private static String lines(int count, String before, String after) {
    return IntStream.range(0, count)
        .mapToObj(i -> before + i + after + "\n")
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void answers(String version) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, version).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, Ada!");
      assertThat(peer.send("quit\n").rest()).isEqualTo("Goodbye!\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65, 100, 5000})
  void nothingOfABurstIsLost(int requests) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V13).handshake()) {
      ByteArrayOutputStream records = new ByteArrayOutputStream();
      for (int i = 0; i < requests; i++) {
        records.writeBytes(peer.records("n" + i + "\n")); // a record each
      }
      peer.sendRaw(records.toByteArray());
      assertThat(peer.line()).isEqualTo("Hello, World!");
      for (int i = 0; i < requests; i++) {
        assertThat(peer.line()).isEqualTo("Hello, n" + i + "!");
      }
    }
  }

  @Test
  void recordsMayBeCutAnywhere() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V13).handshake()) {
      byte[] records = TlsPeer.join(peer.records("Ada\nBo"), peer.records("b\n"));
      for (byte each : records) {
        peer.sendRaw(new byte[] {each});
      }
      assertThat(peer.line()).isEqualTo("Hello, World!");
      assertThat(peer.line()).isEqualTo("Hello, Ada!");
      assertThat(peer.line()).isEqualTo("Hello, Bob!");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void longAnswersComeWhole(String version) throws Exception {
    String line = "x".repeat(60_000);
    try (Server server =
            Certs.serve(
                Certs.listener(
                    Servers.lineProtocol(AnswerHandler.<String>of((session, any) -> any + any))));
        TlsPeer peer = connect(server, version).handshake()) {
      assertThat(peer.send(line + "\n").line()).isEqualTo(line + line);
    }
  }

  /** With SslFilter four of five have no answer. */
  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void theLastFlightMayComeWithTheFirstRequest(String version) throws Exception {
    AtomicReference<String> name = new AtomicReference<>();
    AnswerHandler<String> handler =
        AnswerHandler.of(
            (session, line) -> {
              name.set(peerOf(session));
              return line;
            });
    try (Server server =
        Certs.serve(
            Certs.listener(Servers.lineProtocol(handler))
                .tls(TlsSettings.CLIENT_CA, Certs.folder().resolve("ca.pem").toString())
                .tls(TlsSettings.CLIENT_AUTH, "need"))) {
      for (int i = 0; i < 20; i++) {
        try (TlsPeer peer = connect(server, version)) {
          byte[] last = peer.handshakeButLast();
          peer.sendRaw(TlsPeer.join(last, peer.records("Ada\n")));
          assertThat(peer.line()).isEqualTo("Ada");
          assertThat(name.get()).isEqualTo("CN=Parley client");
        }
      }
    }
  }

  private static String peerOf(IoSession session) {
    try {
      return TlsFilter.of(session).getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  @Test
  void aClientWithoutTheCertificateThatIsNeededIsRefused() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .tls(TlsSettings.CLIENT_CA, Certs.folder().resolve("server.pem").toString())
                    .tls(TlsSettings.CLIENT_AUTH, "need"));
        TlsPeer peer = connect(server, V13)) {
      peer.handshake();
      assertThatThrownBy(peer::line).hasMessageContaining("Received fatal alert");
    }
  }

  /** A reader that stops holds a bounded number of bytes here, and gets all when it goes on. */
  @Test
  void aStalledReaderIsBounded() throws Exception {
    String line = "x".repeat(1000);
    int requests = 20_000;
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .set(GreetingProtocol.MAX_LINE, 2000)
                    .limit(Limits.OUTBOUND_HIGH, 128 * 1024)
                    .limit(Limits.OUTBOUND_LOW, 64 * 1024));
        TlsPeer peer = connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < requests; i++) {
                    peer.send(line + "\n");
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      IoSession session = Servers.session(server);
      while (!Input.of(session).isSuspended(Input.Reason.OUTBOUND_FULL)) {
        Thread.onSpinWait();
      }
      assertThat(session.getScheduledWriteBytes()).isLessThan(1 << 20);
      for (int i = 0; i < requests; i++) {
        assertThat(peer.line()).isEqualTo("Hello, " + line + "!");
      }
      sending.join();
    }
  }

  @Test
  void aHandshakeHasADeadline() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .tls(TlsSettings.HANDSHAKE_TIMEOUT, Duration.ofMillis(50)));
        TlsPeer peer = connect(server, V13)) {
      assertThat(peer.raw().bytes()).hasSizeLessThan(100); // an alert
    }
  }

  /** TLS 1.2 has no half-close; what was asked before is answered all the same. */
  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void whatIsAskedBeforeTheEndIsAnswered(String version) throws Exception {
    CompletableFuture<Object> late = new CompletableFuture<>();
    AnswerHandler<String> handler =
        AnswerHandler.of((session, line) -> line.equals("late") ? late : line);
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = connect(server, version).handshake()) {
      byte[] asked = peer.records(lines(100, "n", "") + "late\n");
      peer.sendRaw(asked).closeNotify();
      for (int i = 0; i < 100; i++) {
        assertThat(peer.line()).isEqualTo("n" + i);
      }
      late.complete("late");
      assertThat(peer.rest()).isEqualTo("late\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void anEndWithoutCloseNotifyIsCutShort(String version) throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    AnswerHandler<String> handler =
        new AnswerHandler<>() {
          @Override
          protected Object answer(IoSession session, String line) {
            return line;
          }

          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            told.complete(cause);
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = connect(server, version).handshake()) {
      peer.send("whole\nunfin").fin();
      assertThat(peer.rest()).isEqualTo("whole\n");
      assertThat(told.get())
          .isInstanceOf(CutShortException.class)
          .hasMessage("TLS ended without close_notify");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n", "Ada\n", "GET / HTTP/1.1\r\n\r\n"})
  void plainTextIsAnsweredByAnAlert(String text) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V13)) {
      byte[] answer = peer.sendRaw(text.getBytes()).raw().bytes();
      assertThat(answer).hasSize(7);
      assertThat(answer[0]).isEqualTo((byte) Records.ALERT);
    }
  }

  @Test
  void aSpoiltRecordEndsTheSession() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      byte[] record = peer.records("Ada\n");
      record[record.length - 1] ^= 1;
      peer.sendRaw(record);
      assertThatThrownBy(peer::line).hasMessageContaining("bad_record_mac");
    }
  }

  @Test
  void renegotiationIsRefused() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V12).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      peer.renegotiate();
      assertThat(peer.raw().bytes()).isNotNull(); // it ends
    }
  }

  @Test
  void aDrainSaysCloseNotify() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = connect(server, V13).handshake();
        TlsPeer silent = connect(server, V13)) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      server.drain();
      assertThat(peer.rest()).isEmpty();
      assertThat(peer.isEndedByCloseNotify()).isTrue();
      assertThat(silent.raw().bytes()).hasSizeLessThan(100);
    }
  }
}
