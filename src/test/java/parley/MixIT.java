package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.MixFilter.Where;
import parley.MixHandlers.Counted;
import parley.protocol.Protocol;
import parley.proxy.ProxySettings;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.tls.Certs;
import parley.transport.Admission;

/**
 * What each holds alone, holds together: TLS or not, a handler that answers at once, later or from
 * an executor, in order or not, small bounds that suspend reading, clients that read late and cut
 * their lines anywhere, and half-close or a drain in the middle. Clients and server count, and
 * agree: each frame that was handled is answered, once and in order.
 */
class MixIT {

  private static final int CLIENTS = 6;

  @TestFactory
  List<DynamicTest> nothingIsLost() {
    return Seeds.tests(60, seed -> () -> mix(seed));
  }

  private static void mix(long seed) throws Exception {
    Random random = Seeds.random(seed);
    String version = List.of("", "", "TLSv1.2", "TLSv1.3").get(random.nextInt(4));
    boolean drains = random.nextBoolean();
    boolean proxied = random.nextInt(3) == 0;
    Where filter = Where.values()[random.nextInt(3)];
    try (Counted handler = MixHandlers.any(random)) {
      String what =
          "seed %d: %s drains=%s proxied=%s filter=%s %s"
              .formatted(seed, version, drains, proxied, filter, handler);
      Protocol protocol = MixFilter.in(Servers.lineProtocol(handler), filter);
      Server server = serve(random, protocol, version, proxied);
      List<MixClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(MixClient.start(i, server.endpoint(), version, proxied, random.nextLong()));
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        MixClient other =
            MixClient.start(CLIENTS + i, server.endpoint(), version, proxied, random.nextLong());
        other.resetBehind(random.nextInt(200));
      }
      if (drains) {
        int some = random.nextInt(CLIENTS * 200);
        while (handler.handled() < some && clients.stream().anyMatch(MixClient::isReading)) {
          Thread.onSpinWait();
        }
        CompletableFuture<Integer> drained = server.drain();
        check(what, clients, handler, true);
        assertThat(drained.join()).as(what + ": sessions cut").isZero();
      } else {
        check(what, clients, handler, false);
      }
      Admission admission = server.listeners().get(0).admission();
      while (admission.connections() > 0) {
        Thread.onSpinWait();
      }
      assertThat(admission.addresses()).as(what + ": addresses left").isZero();
      assertThat(server.eventLoops().outboundBytes()).as(what + ": bytes left").isZero();
      server.close();
    }
  }

  private static Server serve(Random random, Protocol protocol, String version, boolean proxied)
      throws Exception {
    int high = random.nextBoolean() ? 1 << 20 : 4096;
    ListenerConfig.Builder listener =
        version.isEmpty()
            ? ListenerConfig.builder("test", Servers.FREE, protocol)
            : Certs.listener(protocol);
    if (proxied) {
      listener.proxyProtocol(ProxySettings.TRUSTED, List.of("127.0.0.1"));
    }
    listener
        .limit(Limits.OUTBOUND_HIGH, high)
        .limit(Limits.OUTBOUND_LOW, high / (1 + random.nextInt(4)))
        .limit(Limits.FRAMES_PER_TURN, List.of(1, 7, 1024).get(random.nextInt(3)))
        .executorThreads(random.nextInt(3))
        .executorQueue(List.of(1, 3, 64).get(random.nextInt(3)));
    ServerConfig config =
        ServerConfig.builder()
            .listener(listener.build())
            .eventLoops(1 + random.nextInt(2))
            .drainTimeout(java.time.Duration.ofSeconds(60))
            .build();
    return new Server(config).start();
  }

  private static void check(
      String what, List<MixClient> clients, Counted handler, boolean isDrained) throws Exception {
    for (MixClient client : clients) {
      List<String> answers = client.answers();
      String of = what + ", client " + client.number();
      List<String> expected = client.lines(answers.size());
      if (handler.keepsOrder()) {
        assertThat(answers).as(of).isEqualTo(expected);
      } else if (!isDrained) {
        assertThat(answers).as(of).containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(answers).as(of).hasSize(handler.handled(client.number()));
      if (!isDrained) {
        assertThat(answers).as(of).hasSize(client.count());
      }
    }
  }
}
