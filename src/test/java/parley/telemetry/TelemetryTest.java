package parley.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.codec.LineCodecFactory;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.loop.TestClock;
import parley.internal.tls.Certs;
import parley.internal.tls.TlsPeer;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.proxy.ProxyConfig;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.session.EndReason;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** What a server counts and tells its observers, over sockets. */
class TelemetryTest {

  /** Keeps the events of a server as text. */
  private static final class Events implements Observer {

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final BlockingQueue<SessionRecord> records = new LinkedBlockingQueue<>();
    private final BlockingQueue<Handshake> handshakes = new LinkedBlockingQueue<>();
    private final boolean requests;

    Events(boolean requests) {
      this.requests = requests;
    }

    @Override
    public boolean observesRequests() {
      return requests;
    }

    @Override
    public void listenerBound(String listener, Endpoint endpoint) {
      texts.add("bound " + listener + " " + endpoint);
    }

    @Override
    public void listenerClosed(String listener, Endpoint endpoint) {
      texts.add("closed " + listener + " " + endpoint);
    }

    @Override
    public void connectionRejected(String listener, @Nullable Endpoint peer, Rejection limit) {
      texts.add("rejected " + listener + " " + limit.label());
    }

    @Override
    public void sessionOpened(String service, long id, @Nullable Association association) {
      texts.add("opened " + service);
    }

    @Override
    public void handshakeEnded(Handshake handshake) {
      handshakes.add(handshake);
    }

    @Override
    public void sessionEnded(SessionRecord record) {
      texts.add("ended " + record.reason().label());
      records.add(record);
    }

    @Override
    public void requestBegun(String service, long id, int count) {
      texts.add("begun " + count);
    }

    @Override
    public void requestAnswered(String service, long id, int count, Duration duration) {
      texts.add("answered " + count);
    }

    @Override
    public void loopHeldUp(String loop, Duration blocked, String stack) {
      texts.add("held up " + loop + " " + stack.contains(" < "));
    }
  }

  private static Server serve(
      Protocol<?, ?> protocol, Observer observer, UnaryOperator<ListenerConfig.Builder> more) {
    ListenerConfig listener =
        more.apply(ListenerConfig.builder("test", Servers.FREE, protocol)).build();
    return new Server(
            ServerConfig.builder().listener(listener).observer(observer).eventLoops(2).build())
        .start();
  }

  private static ServiceFigures figures(Server server) {
    return server.listeners().get(0).figures();
  }

  private static Protocol<String, String> lines(AnswerHandler<String, String> handler) {
    return Servers.lineProtocol(handler);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aSessionIsRecordedFromItsBeginToItsEnd(int threads) throws Exception {
    Events events = new Events(true);
    Protocol<String, String> echo = lines(AnswerHandler.of((String line) -> line));
    try (Server server = serve(echo, events, listener -> listener.executorThreads(threads))) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("ab\ncd\n").line()).isEqualTo("ab");
        assertThat(peer.line()).isEqualTo("cd");
        assertThat(figures(server).open()).isEqualTo(1); // counted while it lives
        assertThat(figures(server).readBytes()).isEqualTo(6);
        peer.send("e\n").halfClose();
        assertThat(peer.rest()).isEqualTo("e\n");
      }
      SessionRecord record = events.records.take();
      assertThat(record.service()).isEqualTo("test");
      assertThat(record.protocol()).isEqualTo("test-lines");
      assertThat(record.readBytes()).isEqualTo(8);
      assertThat(record.writtenBytes()).isEqualTo(8);
      assertThat(record.requests()).isEqualTo(3);
      assertThat(record.messages()).isEqualTo(3);
      assertThat(record.reason()).isEqualTo(EndReason.PEER);
      assertThat(record.peer()).isEqualTo(record.association().remote());
      assertThat(record.uniqueId()).isNull();
      assertThat(record.tlsVersion()).isNull();
      assertThat(record.firstFrame()).isLessThanOrEqualTo(record.duration());
      assertThat(record.longestAnswer()).isPositive().isLessThanOrEqualTo(record.duration());
      ServiceFigures figures = figures(server);
      assertThat(figures.open()).isZero();
      assertThat(figures.opened()).isEqualTo(1);
      assertThat(figures.ended().get(EndReason.PEER)).isEqualTo(1);
      assertThat(figures.readBytes()).isEqualTo(8);
      assertThat(figures.writtenBytes()).isEqualTo(8);
      assertThat(figures.requests()).isEqualTo(3);
      assertThat(figures.requestDurations().count()).isEqualTo(3);
      assertThat(figures.connectionDurations().count()).isEqualTo(1);
      assertThat(server.loopFigures()).hasSize(2);
      assertThat(server.loopFigures().stream().map(LoopFigures::name)).containsExactly("1", "2");
    }
    Await.until(
        "the last event", () -> events.texts.stream().anyMatch(e -> e.startsWith("closed")));
    List<String> texts = List.copyOf(events.texts);
    assertThat(texts.get(0)).startsWith("bound test tcp://127.0.0.1:");
    assertThat(texts.get(1)).isEqualTo("opened test");
    assertThat(sum(texts, "begun ")).isEqualTo(3);
    assertThat(sum(texts, "answered ")).isEqualTo(3);
    assertThat(texts.get(texts.size() - 2)).isEqualTo("ended peer");
  }

  private static int sum(List<String> texts, String event) {
    return texts.stream()
        .filter(each -> each.startsWith(event))
        .mapToInt(each -> Integer.parseInt(each.substring(event.length())))
        .sum();
  }

  /** Answers that come later, in several messages, long ones, and none. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void eachAnswerIsTimedOnce(int threads) throws Exception {
    CompletableFuture<Answer<String>> later = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        new AnswerHandler<>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            return switch (line) {
              case "none" -> Answer.none();
              case "several" -> Answer.several(List.of("1", "2", "3"));
              case "later" -> Answer.decidedLater(later);
              case "last" -> Answer.last("bye");
              default -> Answer.of(line);
            };
          }
        };
    Events events = new Events(false);
    try (Server server = serve(lines(handler), events, l -> l.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      String longLine = "x".repeat(1000);
      peer.send("none\nseveral\nlater\n" + longLine + "\nlast\n");
      assertThat(peer.line()).isEqualTo("1");
      later.complete(Answer.of("it"));
      assertThat(peer.rest()).isEqualTo("2\n3\nit\n" + longLine + "\nbye\n");
      SessionRecord record = events.records.take();
      assertThat(record.requests()).isEqualTo(5);
      assertThat(record.messages()).isEqualTo(6);
      assertThat(record.reason()).isEqualTo(EndReason.LAST_ANSWER);
      assertThat(figures(server).requestDurations().count()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"OFF, 0", "ABNORMAL, 1", "ALL, 2"})
  void theSessionLogHasARecordPerLine(SessionLog which, int lines) throws Exception {
    Events events = new Events(false);
    try (Server server = serve(new GreetingProtocol(), events, l -> l.sessionLog(which));
        Logs logs = Logs.capture()) {
      try (Peer good = Servers.peer(server)) {
        good.send("a\n").halfClose().rest();
      }
      try (Peer bad = Servers.peer(server)) {
        bad.send(new byte[] {(byte) 0xFF, '\n'}).rest();
      }
      Await.until("both ended", () -> events.records.size() == 2);
      List<String> ended =
          logs.atLeast("INFO").stream().filter(line -> line.contains("session ended: ")).toList();
      assertThat(ended).hasSize(lines);
      assertThat(ended)
          .allMatch(
              line ->
                  line.matches(
                      ".* session ended: id=\\d+ service=test protocol=greeting"
                          + " local=127.0.0.1:\\d+ remote=127.0.0.1:\\d+ peer=127.0.0.1:\\d+"
                          + " read_bytes=2 written_bytes=\\d+ requests=[01] messages=\\d+"
                          + " duration_ms=\\d+\\.\\d{3}( first_frame_ms=\\d+\\.\\d{3})?"
                          + "( longest_answer_ms=\\d+\\.\\d{3})?"
                          + " ended_by=(peer reason=peer|parley reason=refused)"));
    }
  }

  @Test
  void rejectedConnectionsAreCountedByTheirLimit() throws Exception {
    Events events = new Events(false);
    try (Server server =
            serve(new GreetingProtocol(), events, l -> l.limit(Limits.CONNECTIONS, 1));
        Peer first = Servers.peer(server)) {
      first.send("a\n").line();
      for (int i = 0; i < 3; i++) {
        try (Peer excess = Servers.peer(server)) {
          assertThat(excess.rest()).startsWith("ERR too many connections");
        }
      }
      Await.until("all", () -> events.texts.size() == 5);
      assertThat(events.texts).contains("rejected test connections");
      assertThat(figures(server).rejected().get(Rejection.CONNECTIONS)).isEqualTo(3);
      assertThat(figures(server).rejected().get(Rejection.DESCRIPTORS)).isZero();
      assertThat(figures(server).opened()).isEqualTo(1);
    }
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(strings = {"tcp://127.0.0.1:0", "tcp://0.0.0.0:0", "tcp://[::]:0"})
  void theAcceptQueueOfEachKindOfAddressIsKnown(String endpoint) {
    ListenerConfig listener =
        ListenerConfig.builder("test", Endpoint.parse(endpoint), new GreetingProtocol())
            .backlog(7)
            .build();
    Server server = new Server(ServerConfig.builder().listener(listener).build());
    assertThat(server.listeners().get(0).queuedConnections()).isEmpty();
    try (server) {
      server.start();
      Await.until(
          "found in the kernel's tables, which are read at most once in 5 s",
          () -> server.listeners().get(0).queuedConnections().isPresent());
      assertThat(server.listeners().get(0).queueLimit()).isEqualTo(7);
    }
  }

  @Test
  void handshakesAreTimedOrCountedAsFailed() throws Exception {
    Events events = new Events(false);
    try (Server server = secured(events)) {
      try (TlsPeer peer = TlsPeer.connect(server, "TLSv1.3").handshake()) {
        Observer.Handshake done = events.handshakes.take();
        assertThat(done.failure()).isNull();
        assertThat(done.version()).isEqualTo("TLSv1.3");
        assertThat(done.cipher()).startsWith("TLS_");
        assertThat(done.duration()).isPositive();
      }
      try (Peer garbage = Servers.peer(server)) {
        garbage.send("hello\n").readUntilTheEnd();
      }
      assertThat(events.handshakes.take().failure()).isEqualTo("TLS: no TLS");
      Servers.peer(server).close();
      assertThat(events.handshakes.take().failure()).isNotNull();
      Await.until("all ended", () -> events.records.size() == 3);
      assertThat(events.records.stream().map(SessionRecord::tlsVersion))
          .containsExactlyInAnyOrder("TLSv1.3", null, null);
      assertThat(figures(server).handshakeDurations().count()).isEqualTo(1);
      assertThat(figures(server).failedHandshakes()).isEqualTo(2);
    }
  }

  private static Server secured(Observer observer) throws Exception {
    ListenerConfig listener = Certs.listener(new GreetingProtocol()).build();
    return new Server(ServerConfig.builder().listener(listener).observer(observer).build()).start();
  }

  @Test
  void aRecordHasTheProxysClientAndTheProxy() throws Exception {
    Events events = new Events(false);
    try (Server server =
            serve(
                new GreetingProtocol(),
                events,
                l -> l.proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1/32")));
        Peer proxy = Servers.peer(server)) {
      proxy.send("PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\na\n").halfClose();
      assertThat(proxy.rest()).contains("Hello, a!");
      SessionRecord record = events.records.take();
      assertThat(record.association().remote().authority()).isEqualTo("203.0.113.7:56324");
      assertThat(record.peer().host()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aLoopThatIsHeldUpIsReported() throws Exception {
    Events events = new Events(false);
    CompletableFuture<Void> free = new CompletableFuture<>();
    Protocol<String, String> blocking =
        lines(
            AnswerHandler.of(
                (String line) -> {
                  free.join();
                  return line;
                }));
    ListenerConfig listener = ListenerConfig.builder("test", Servers.FREE, blocking).build();
    ServerConfig config =
        ServerConfig.builder()
            .listener(listener)
            .observer(events)
            .eventLoops(1)
            .watchdog(Duration.ofMillis(4))
            .build();
    try (Server server = new Server(config).start();
        Peer peer = Servers.peer(server)) {
      peer.send("a\n");
      Await.until("reported", () -> events.texts.contains("held up 1 true"));
      free.complete(null);
      assertThat(peer.line()).isEqualTo("a");
      LoopFigures loop =
          Await.until(
              "the round is over",
              () -> server.loopFigures().get(0),
              its -> its.delay().percentile(100).toMillis() >= 4);
      assertThat(loop.busy()).isGreaterThanOrEqualTo(Duration.ofMillis(4));
    }
  }

  /** A frame that waits for the limit of pending answers is delivered later than it is read. */
  @Test
  void anAnswersTimeoutCountsFromItsDelivery() throws Exception {
    int count = AnswerHandler.MAX_PENDING + 50;
    Queue<CompletableFuture<String>> answers = new ConcurrentLinkedQueue<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.later(
            (String line) -> {
              CompletableFuture<String> answer = new CompletableFuture<>();
              answers.add(answer);
              return answer;
            });
    Events events = new Events(false);
    try (Server server =
        serve(lines(handler), events, l -> l.limit(Limits.ANSWER_TIMEOUT, Duration.ofSeconds(1)))) {
      TestClock clock = TestClock.of(server);
      Peer peer = Servers.peer(server);
      peer.send(Peer.numbers(count)).halfClose();
      Await.until("as many as may be pending", () -> answers.size() == AnswerHandler.MAX_PENDING);
      clock.advance(700);
      answers.forEach(each -> each.complete("a"));
      Await.until("all delivered", () -> answers.size() == count);
      clock.advance(700);
      answers.forEach(each -> each.complete("a"));
      assertThat(peer.rest().lines().count()).isEqualTo(count);
      SessionRecord record = events.records.take();
      assertThat(record.reason()).isEqualTo(EndReason.PEER);
      assertThat(record.longestAnswer().toMillis()).isBetween(690L, 1500L); // as it was read
      peer.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aLastLineWithoutAnEndIsTimedFromTheEndOfTheStream(int threads) throws Exception {
    Events events = new Events(false);
    try (Server server =
        serve(
            lines(AnswerHandler.of((String line) -> line)),
            events,
            l -> l.executorThreads(threads))) {
      TestClock clock = TestClock.of(server);
      Peer peer = Servers.peer(server);
      peer.send("a\nb");
      assertThat(peer.line()).isEqualTo("a");
      clock.advance(1000);
      assertThat(peer.halfClose().rest()).isEqualTo("b\n");
      SessionRecord record = events.records.take();
      assertThat(record.duration()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(record.longestAnswer()).isLessThan(Duration.ofSeconds(1));
      assertThat(record.firstFrame()).isLessThan(Duration.ofSeconds(1));
      peer.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aRequestBeginsBeforeItIsAnswered(int threads) throws Exception {
    Events events = new Events(true);
    try (Server server =
            serve(
                lines(AnswerHandler.of((String line) -> line)),
                events,
                l -> l.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      String longLine = "x".repeat(9000) + "\n";
      CompletableFuture<Void> sent = peer.sendAllAside(longLine.repeat(64));
      assertThat(peer.rest()).hasSize(64 * 9001);
      sent.join();
      Await.until("ended", () -> events.texts.contains("ended peer"));
      int open = 0;
      for (String each : events.texts) {
        open += each.startsWith("begun ") ? Integer.parseInt(each.substring(6)) : 0;
        open -= each.startsWith("answered ") ? Integer.parseInt(each.substring(9)) : 0;
        assertThat(open).isNotNegative();
      }
      assertThat(open).isZero();
    }
  }

  /** Whichever side closes, also the records that TLS sends at the end. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theBytesOfTlsAreThoseOfTheSocket(String version) throws Exception {
    Events events = new Events(false);
    ListenerConfig listener =
        Certs.listener(
                lines(
                    AnswerHandler.deciding(
                        (session, line) ->
                            line.equals("bye") ? Answer.last("bye") : Answer.of(line))))
            .build();
    try (Server server =
        new Server(ServerConfig.builder().listener(listener).observer(events).build()).start()) {
      try (TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
        peer.send("a\nbye\n");
        assertThat(peer.rest()).isEqualTo("a\nbye\n");
        SessionRecord record = events.records.take();
        assertThat(record.writtenBytes()).isEqualTo(figures(server).writtenBytes());
        assertThat(record.writtenBytes()).isEqualTo(peer.receivedBytes());
      }
    }
  }

  @Test
  void aClientTimesItsRequests() throws Exception {
    Events events = new Events(false);
    CompletableFuture<String> late = new CompletableFuture<>();
    Protocol<String, String> protocol =
        Protocol.answeringLater("late", new LineCodecFactory(), (String line) -> late);
    try (Server server = Server.serve("tcp://127.0.0.1:0", protocol)) {
      ClientConfig<String, String> config =
          ClientConfig.builder(server.endpoint(), protocol).observer(events).build();
      Client<String, String> client = Client.connect(config);
      CompletableFuture<String> answer = client.ask("a");
      CompletableFuture<String> timedOut = client.ask("b", Duration.ofMillis(1));
      assertThat(timedOut).failsWithin(Await.PATIENCE);
      late.complete("it");
      assertThat(answer.join()).isEqualTo("it");
      assertThat(client.ask("c").join()).isEqualTo("it");
      assertThat(client.figures().open()).isEqualTo(1);
      client.close();
      SessionRecord record = events.records.take();
      assertThat(record.service()).isEqualTo("late");
      assertThat(record.association().remote()).isEqualTo(server.endpoint());
      assertThat(record.longestAnswer()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
      // the answer to "b" too, if that was sent before it timed out
      assertThat(client.figures().requests()).isBetween(2L, 3L);
      assertThat(client.figures().requestDurations().count()).isEqualTo(2);
      assertThat(client.figures().open()).isZero();
    }
  }

  /** What the load counts is what the server counts, to the byte, while sessions come and go. */
  @Test
  void theFiguresAreThoseOfTheLoad() throws Exception {
    Events events = new Events(false);
    int sessions = 40;
    try (Server server = serve(lines(AnswerHandler.of((String l) -> l)), events, l -> l)) {
      long bytes = 0;
      long requests = 0;
      for (int i = 0; i < sessions; i++) {
        try (Peer peer = Servers.peer(server)) {
          String text = Peer.numbers(50 * i);
          CompletableFuture<Void> sent = peer.sendAllAside(text);
          assertThat(peer.rest()).isEqualTo(text);
          sent.join();
          bytes += text.length();
          requests += 50L * i;
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      Await.until("all ended", () -> events.records.size() == sessions);
      ServiceFigures figures = figures(server);
      assertThat(figures.opened()).isEqualTo(sessions);
      assertThat(figures.open()).isZero();
      assertThat(figures.readBytes()).isEqualTo(bytes);
      assertThat(figures.writtenBytes()).isEqualTo(bytes);
      assertThat(figures.requests()).isEqualTo(requests);
      assertThat(figures.requestDurations().count()).isEqualTo(requests);
      assertThat(events.records.stream().mapToLong(SessionRecord::readBytes).sum())
          .isEqualTo(bytes);
      assertThat(events.records.stream().mapToLong(SessionRecord::requests).sum())
          .isEqualTo(requests);
    }
  }
}
