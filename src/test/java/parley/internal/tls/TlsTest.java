package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.internal.loop.Input;
import parley.internal.loop.TestClock;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;
import parley.tls.Tls;
import parley.tls.TlsConfig;

/** Input that stock MINA's SslFilter loses, holds or mistakes, sent by an engine of our own. */
class TlsTest {

  private static final String V13 = "TLSv1.3";
  private static final String V12 = "TLSv1.2";

  private static Server greeting() throws Exception {
    return Certs.serve(Certs.listener(new GreetingProtocol()));
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void answers(String version) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
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
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
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
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
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
  void longAnswersArriveWhole(String version) throws Exception {
    String line = "x".repeat(60_000);
    try (Server server =
            Certs.serve(
                Certs.listener(
                    Servers.lineProtocol(
                        AnswerHandler.<String, String>of((session, any) -> any + any))));
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      assertThat(peer.send(line + "\n").line()).isEqualTo(line + line);
    }
  }

  /** With SslFilter four of five such requests get no answer. */
  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void theLastFlightMayComeWithTheFirstRequest(String version) throws Exception {
    AtomicReference<String> name = new AtomicReference<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (session, line) -> {
              name.set(peerOf(session));
              return line;
            });
    try (Server server =
        Certs.serve(
            Certs.listener(Servers.lineProtocol(handler))
                .tls(TlsConfig.CLIENT_CA, Certs.folder().resolve("ca.pem").toString())
                .tls(TlsConfig.CLIENT_AUTH, "need"))) {
      for (int i = 0; i < 20; i++) {
        try (TlsPeer peer = TlsPeer.connect(server, version)) {
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
      return Tls.of(session).getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  @Test
  void aClientWithoutTheCertificateThatIsNeededIsRefused() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .tls(TlsConfig.CLIENT_CA, Certs.folder().resolve("server.pem").toString())
                    .tls(TlsConfig.CLIENT_AUTH, "need"));
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      peer.handshake();
      assertThatThrownBy(peer::line).hasMessageContaining("Received fatal alert");
    }
  }

  /** A reader that stops holds a bounded number of bytes here, and later gets all of them. */
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
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
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
      Await.until("full", () -> Input.of(session).isSuspended(Input.Reason.OUTBOUND_FULL));
      assertThat(session.getScheduledWriteBytes()).isLessThan(1 << 20);
      for (int i = 0; i < requests; i++) {
        assertThat(peer.line()).isEqualTo("Hello, " + line + "!");
      }
      sending.join();
    }
  }

  /**
   * A peer that begins with any bytes, whole or one by one, is ended, and other sessions are
   * served.
   */
  @Test
  void noFirstBytesBlockTheLoop() throws Exception {
    ListenerConfig.Builder listener =
        Certs.listener(new GreetingProtocol())
            .tls(TlsConfig.HANDSHAKE_TIMEOUT, Duration.ofMillis(200));
    ListenerConfig neighbours =
        ListenerConfig.builder("neighbours", Servers.FREE, new GreetingProtocol()).build();
    ServerConfig config =
        ServerConfig.builder()
            .listener(listener.build())
            .listener(neighbours)
            .eventLoops(1)
            .build();
    try (Server server = new Server(config).start();
        Peer neighbour = Peer.connect(server.listeners().get(1).endpoint())) {
      assertThat(neighbour.line()).isEqualTo("Hello, World!");
      List<TlsPeer> peers = new ArrayList<>();
      for (int type : new int[] {0, 19, 20, 21, 22, 23, 24, 127, 128, 129, 255}) {
        for (int length :
            new int[] {0, 1, 5, 0x3FFF, 0x4000, 0x4800, 0x4801, 0x5000, 0x8145, 0xFFFF}) {
          byte[] header = {(byte) type, 3, 1, (byte) (length >> 8), (byte) length};
          TlsPeer whole = TlsPeer.connect(server, V13);
          peers.add(whole.sendRaw(header));
          TlsPeer split = TlsPeer.connect(server, V13);
          peers.add(split.sendRaw(Arrays.copyOf(header, 3)));
          split.sendRaw(Arrays.copyOfRange(header, 3, 5)).sendRaw(new byte[20]);
        }
        assertThat(neighbour.send("Ada\n").line()).isEqualTo("Hello, Ada!");
      }
      TestClock clock = TestClock.of(server);
      for (TlsPeer each : peers) {
        assertThat(clock.restOf(each.raw())).hasSizeLessThan(100);
        each.close();
      }
      assertThat(neighbour.send("Ada\n").line()).isEqualTo("Hello, Ada!");
    }
  }

  /** A listener of a write future may take a lock that another thread holds while it closes. */
  @Test
  void futuresFailOutsideTheLock() throws Exception {
    Object room = new Object();
    CompletableFuture<IoSession> opened = new CompletableFuture<>();
    CompletableFuture<Boolean> failed = new CompletableFuture<>();
    CountDownLatch held = new CountDownLatch(1);
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) throws Exception {
            opened.complete(session);
            held.await();
            session
                .write("answer")
                .addListener(
                    future -> {
                      synchronized (room) {
                        failed.complete(((WriteFuture) future).isWritten());
                      }
                    });
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      byte[] good = peer.records("Ada\n");
      byte[] spoilt = peer.records("Bob\n");
      spoilt[spoilt.length - 1] ^= 1;
      peer.sendRaw(TlsPeer.join(good, spoilt));
      IoSession session = opened.get();
      synchronized (room) {
        held.countDown();
        session.closeNow();
      }
      assertThat(failed.get()).isFalse();
    }
  }
}
