package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.DrainResult;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Peer;
import parley.testing.Servers;

/** A drain under TLS. */
class TlsDrainTest {

  private static final String V13 = "TLSv1.3";

  private static Server serve(ListenerConfig.Builder listener, Duration drainTimeout)
      throws Exception {
    ServerConfig.Builder config = ServerConfig.builder().listener(listener.build());
    return new Server(config.drainTimeout(drainTimeout).build()).start();
  }

  @Test
  void itSendsCloseNotify() throws Exception {
    try (Server server = Certs.serve(Certs.listener(new GreetingProtocol()));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      server.drain();
      assertThat(peer.rest()).isEmpty();
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  /** The drain waits for a quarter of its time; an unfinished handshake is not counted as cut. */
  @Test
  void theDrainWaitsForAnUnfinishedHandshake() throws Exception {
    Duration timeout = Duration.ofSeconds(20);
    try (Server server = serve(Certs.listener(new GreetingProtocol()), timeout);
        TlsPeer idle = TlsPeer.connect(server, V13).handshake();
        TlsPeer late = TlsPeer.connect(server, V13);
        Peer silent = Peer.connect(server.endpoint())) {
      assertThat(idle.line()).isEqualTo("Hello, World!");
      byte[] last = late.handshakeButLast();
      Servers.awaitSessions(server, 3);
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(idle.rest()).isEmpty(); // the server drains
      idle.close();
      late.sendRaw(last);
      assertThat(late.line()).isEqualTo("Hello, World!");
      assertThat(late.send("Ada\n").rest()).isEqualTo("Hello, Ada!\n");
      late.close();
      assertThat(silent.bytes()).hasSizeLessThan(100); // an alert
      silent.close();
      assertThat(drained.get().sessionsCut()).isZero();
    }
  }

  /** TLS 1.2: input after a warning is kept, and unwrapped when nothing is in flight. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void inputKeptAfterWarningsIsAnsweredAlsoWhenTheTimeToReadIsOver(int warnings) throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch inside = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) -> {
              if (!line.equals("wait")) {
                return Answer.of(line);
              }
              inside.countDown();
              return Answer.later(first);
            });
    String lines = // more than a turn takes
        IntStream.range(0, 3000).mapToObj(i -> i + "\n").collect(Collectors.joining());
    Duration timeout = Duration.ofSeconds(4);
    try (Server server = serve(Certs.listener(Servers.lineProtocol(handler)), timeout);
        TlsPeer peer = TlsPeer.connect(server, "TLSv1.2").handshake();
        Peer silent = Peer.connect(server.endpoint())) {
      assertThat(peer.send("hello\n").line()).isEqualTo("hello");
      peer.send("wait\n");
      inside.await();
      byte[] sent = new byte[0];
      for (int i = 0; i < warnings; i++) {
        sent = TlsPeer.join(sent, peer.warning("NO_RENEGOTIATION"));
      }
      peer.sendRaw(TlsPeer.join(sent, peer.records(lines)));
      CompletableFuture<DrainResult> drained = server.drain();
      assertThat(silent.bytes()).hasSizeLessThan(100); // its time is over
      silent.close();
      first.complete("waited");
      assertThat(peer.rest()).isEqualTo("waited\n" + lines);
      peer.close();
      assertThat(drained.get().sessionsCut()).isZero();
    }
  }

  /**
   * The loop has not served the session when the drain begins, and afterwards the peer sends
   * nothing.
   */
  @Test
  void aSessionThatWaitsForItsLoopAndIsHeldBackEndsAfterAQuarter() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AnswerHandler<String, String> handler =
        AnswerHandler.later(
            line -> {
              inside.countDown();
              Servers.await(goesOn);
              return new CompletableFuture<>(); // the answer of a session that is cut at the end
            });
    ListenerConfig listener = Certs.listener(Servers.lineProtocol(handler)).build();
    ServerConfig.Builder config = ServerConfig.builder().listener(listener).eventLoops(1);
    try (Server server = new Server(config.drainTimeout(Duration.ofSeconds(8)).build()).start();
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      peer.send("block\n");
      inside.await();
      try (Peer silent = Peer.connect(server.endpoint())) {
        Servers.awaitConnections(server, 2);
        CompletableFuture<DrainResult> drained = server.drain();
        Servers.awaitUnbound(server);
        goesOn.countDown();
        assertThat(silent.bytes()).hasSizeLessThan(100);
        long ended = System.nanoTime();
        assertThat(drained.get().sessionsCut()).isOne();
        assertThat(System.nanoTime() - ended).isGreaterThan(Duration.ofSeconds(1).toNanos());
      }
    }
  }
}
