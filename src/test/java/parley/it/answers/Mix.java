package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.NullMarked;
import parley.internal.accept.Admission;
import parley.internal.tls.Certs;
import parley.it.answers.MixHandlers.Counted;
import parley.protocol.Protocol;
import parley.proxy.ProxyConfig;
import parley.server.DrainResult;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.session.EndReason;
import parley.telemetry.Observer;
import parley.telemetry.ServiceFigures;
import parley.telemetry.SessionRecord;
import parley.testing.Await;
import parley.testing.Seeds;
import parley.testing.Servers;
import parley.tls.TlsConfig;

/** A server and some clients, drawn from a seed, and the checks afterwards. */
@NullMarked
final class Mix implements AutoCloseable {

  private static final int CLIENTS = 6;

  private final Queue<SessionRecord> records = new ConcurrentLinkedQueue<>();
  private final Random random;
  private final Counted handler;
  private final MixClient.Way way;
  private final boolean drains;
  private final int executorThreads;
  private final int framesPerTurn;
  private final int high;
  private final MixFilter.Where filter;
  private final String what;

  private Mix(long seed, Random random, Counted handler, int threads, MixClient.Way way) {
    this.random = random;
    this.handler = handler;
    this.way = way;
    executorThreads = threads;
    drains = random.nextInt(3) == 0;
    filter = MixFilter.Where.values()[random.nextInt(3)];
    framesPerTurn = List.of(1, 7, 1024, 1 + random.nextInt(1024)).get(random.nextInt(4));
    high = List.of(1 << 20, 1 << 20, 4096, 1000).get(random.nextInt(4));
    what =
        "seed %d: %s drains=%s filter=%s threads=%d frames=%d high=%d %s"
            .formatted(seed, way, drains, filter, executorThreads, framesPerTurn, high, handler);
  }

  /** Draws from everything. */
  static Mix any(long seed) {
    Random random = Seeds.random(seed);
    String version = List.of("", "", "TLSv1.2", "TLSv1.3").get(random.nextInt(4));
    MixClient.Way way = new MixClient.Way(version, random.nextInt(3) == 0);
    int threads = random.nextInt(5);
    return new Mix(seed, random, MixHandlers.any(threads > 0, random), threads, way);
  }

  /** Draws scripted handlers, without TLS. */
  static Mix scripted(long seed) {
    Random random = Seeds.random(seed);
    int threads = random.nextInt(5);
    boolean inOrder = random.nextInt(3) > 0;
    Counted handler = new MixScripted(inOrder, threads > 0, MixPushers.any(random));
    return new Mix(seed, random, handler, threads, new MixClient.Way("", false));
  }

  void run() throws Exception {
    try (Server server = serve()) {
      List<MixClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(start(i, server));
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        start(CLIENTS + i, server).resetBehind(random.nextInt(200));
      }
      if (drains) {
        CompletableFuture<?> some = handler.counts().reached(random.nextInt(CLIENTS * 200));
        CompletableFuture.anyOf(some, MixClient.ends(clients)).join();
        CompletableFuture<DrainResult> drained = server.drain();
        awaitEnds(clients);
        assertThat(drained.join().sessionsCut()).as(what + ": sessions cut").isZero();
      } else {
        awaitEnds(clients);
      }
      Admission admission = Servers.admission(server);
      await("connections left", () -> admission.connections() == 0);
      assertThat(admission.addresses()).as(what + ": addresses left").isZero();
      await("bytes left", () -> Servers.loops(server).outboundBytes() == 0);
      checkFigures(server.listeners().get(0).figures());
      check(clients); // now, because the handler will receive no more
      handler.counts().pushers.checkAll(what);
    }
  }

  /** The listener's figures are the sums of the records of its sessions. */
  private void checkFigures(ServiceFigures figures) throws Exception {
    assertThat(figures.open()).as(what + ": open").isZero();
    await("records", () -> records.size() == figures.opened());
    assertThat(sum(SessionRecord::readBytes)).as(what + ": read").isEqualTo(figures.readBytes());
    assertThat(sum(SessionRecord::writtenBytes))
        .as(what + ": written")
        .isEqualTo(figures.writtenBytes());
    assertThat(sum(SessionRecord::requests)).as(what + ": requests").isEqualTo(figures.requests());
    assertThat(figures.requestDurations().count())
        .as(what + ": answers")
        .isLessThanOrEqualTo(figures.requests());
    assertThat(figures.connectionDurations().count()).as(what).isEqualTo(figures.opened());
    for (EndReason reason : EndReason.values()) {
      assertThat(records.stream().filter(each -> each.reason() == reason).count())
          .as(what + ": ended by " + reason.label())
          .isEqualTo(figures.ended().get(reason));
    }
  }

  private long sum(ToLongFunction<SessionRecord> of) {
    return records.stream().mapToLong(of).sum();
  }

  private MixClient start(int number, Server server) throws Exception {
    return MixClient.start(
        number, server.endpoint(), way, handler.plan(number, random), random.nextLong());
  }

  private Server serve() throws Exception {
    Protocol<String, String> protocol = MixFilter.in(Servers.lineProtocol(handler), filter);
    ListenerConfig.Builder listener =
        way.version().isEmpty()
            ? ListenerConfig.builder("test", Servers.FREE, protocol)
            : Certs.listener(protocol);
    Duration patience = Duration.ofSeconds(MixClient.PATIENCE_SECONDS);
    if (way.proxied()) {
      listener
          .proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1"))
          .proxyProtocol(ProxyConfig.TIMEOUT, patience);
    }
    if (!way.version().isEmpty()) {
      listener.tls(TlsConfig.HANDSHAKE_TIMEOUT, patience);
    }
    listener
        .limit(Limits.OUTBOUND_HIGH, high)
        .limit(Limits.OUTBOUND_LOW, high / (1 + random.nextInt(4)))
        .limit(Limits.FRAMES_PER_TURN, framesPerTurn)
        .executorThreads(executorThreads)
        .executorQueue(List.of(1, 3, 64).get(random.nextInt(3)));
    Duration longerThanAnyClient = Duration.ofSeconds(2L * MixClient.PATIENCE_SECONDS);
    ServerConfig config =
        ServerConfig.builder()
            .listener(listener.build())
            .observer(
                new Observer() {
                  @Override
                  public void sessionEnded(SessionRecord record) {
                    records.add(record);
                  }
                })
            .eventLoops(1 + random.nextInt(2))
            .drainTimeout(patience)
            .closeTimeout(longerThanAnyClient)
            .build();
    return new Server(config).start();
  }

  private void awaitEnds(List<MixClient> clients) {
    for (MixClient client : clients) {
      try {
        client.answers();
      } catch (Exception e) {
        throw new AssertionError(what + ", " + handler.shown(client.number()), e);
      }
    }
  }

  private void check(List<MixClient> clients) throws Exception {
    for (MixClient client : clients) {
      String of = what + ", client " + client.number();
      List<String> got = client.answers();
      handler.check(of, client, got, drains);
      handler.counts().pushers.check(of, client.number(), got);
    }
  }

  /** Waits; a future that does not complete is a failure of this seed. */
  private void await(String left, Callable<Boolean> isDone) {
    Await.until(what + ": " + left, Duration.ofSeconds(MixClient.PATIENCE_SECONDS), isDone);
  }

  @Override
  public void close() {
    handler.close();
  }
}
