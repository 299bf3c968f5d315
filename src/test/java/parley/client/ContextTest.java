package parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.testing.Peer;
import parley.testing.PluginJar;

/** The code of a client's user has the context class loader of the thread that made the client. */
class ContextTest {

  private final Map<String, CompletableFuture<ClassLoader>> seen = new ConcurrentHashMap<>();

  private CompletableFuture<ClassLoader> at(String place) {
    return seen.computeIfAbsent(place, any -> new CompletableFuture<>());
  }

  private <T> T note(String place, T value) {
    at(place).complete(Thread.currentThread().getContextClassLoader());
    return value;
  }

  @SuppressWarnings("unchecked") // of lines
  private static Protocol<String, String> plugin(Path folder) throws Exception {
    String body =
        "public Correlation<String, String> correlation() { return Correlation.inOrder(); }";
    PluginJar.of(folder.resolve("b.jar"), "B", PluginJar.source("B", "b", body), List.of("B"));
    return (Protocol<String, String>) Protocols.load(folder).find("b");
  }

  @Test
  void callbacksHaveTheContextOfTheirCaller(@TempDir Path folder) throws Exception {
    Protocol<String, String> plugin = plugin(folder);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader own = new ClassLoader(before) {};
    try (ByHand server = new ByHand();
        Connector connector = new Connector()) {
      Endpoint endpoint = Endpoint.parse("tcp://some.test:" + server.endpoint().port());
      thread.setContextClassLoader(own);
      ClientConfig.Builder<String, String> config =
          ClientConfig.builder(endpoint, plugin)
              .resolver(
                  name -> {
                    return note(
                        at("look-up").isDone() ? "second look-up" : "look-up",
                        List.of(InetAddress.getByName("127.0.0.1")));
                  })
              .reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)));
      CompletableFuture<Client<String, String>> connecting = connector.connect(config.build());
      connecting.thenAccept(client -> note("connected", client));
      Client<String, String> client = connecting.get();
      Peer peer = server.accept();
      client.lost().thenAccept(lost -> note("lost", lost));
      client.send("m").thenAccept(sent -> note("sent", "m"));
      client.ask("a").thenAccept(answer -> note("answer", answer));
      peer.line();
      peer.line();
      peer.send("re a\n");
      at("answer").get(60, TimeUnit.SECONDS);
      client.ask("b", Duration.ofMillis(1)).whenComplete((answer, late) -> note("timeout", late));
      client.ask("c").whenComplete((answer, failed) -> note("failed", failed));
      at("timeout").get(60, TimeUnit.SECONDS);
      peer.close();
      client.connected().thenAccept(again -> note("connected again", again));
      at("connected again").get(60, TimeUnit.SECONDS);
      connector
          .connect(
              config
                  .onConnect(now -> CompletableFuture.completedFuture(note("onConnect", now)))
                  .heartbeat(Duration.ofMillis(1), () -> note("heartbeat", "ping"))
                  .build())
          .get();
      for (String place :
          List.of(
              "look-up",
              "second look-up",
              "connected",
              "connected again",
              "sent",
              "answer",
              "timeout",
              "failed",
              "lost",
              "onConnect",
              "heartbeat")) {
        assertThat(at(place).get(60, TimeUnit.SECONDS)).as(place).isSameAs(own);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
