package parley.it.ending;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.Flood;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.ServerProcess;

/** SIGTERM and SIGINT under load, on the real process. */
@Tag("smoke")
class DrainIT {

  private static final int CLIENTS = 10;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void everyAnswerArrivesWholeAndTheNextServerBindsAtOnce(String signal) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerProcess server = ServerProcess.start()) {
      CountDownLatch warm = new CountDownLatch(CLIENTS);
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () ->
                    Flood.untilTheEnd(
                        server.endpoint(), "Hello, World!", n -> "Hello, n" + n + "!", warm)));
      }
      warm.await();
      long pid = server.process().pid();
      assertThat(Programs.run("kill", "-" + signal, Long.toString(pid)).code()).isZero();
      for (Future<Integer> client : clients) {
        assertThat(client.get()).isGreaterThanOrEqualTo(100);
      }
      assertThat(server.process().waitFor()).as(server.log()).isZero();
      assertThat(server.log()).contains("draining: sessions=" + CLIENTS).contains("cut=0");
      try (ServerProcess next =
              ServerProcess.start("--set", "listeners.greeting.endpoint=" + server.endpoint());
          Peer peer = Peer.connect(next.endpoint())) {
        assertThat(next.endpoint()).isEqualTo(server.endpoint());
        assertThat(peer.line()).isEqualTo("Hello, World!");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void requestsThatHadArrivedAreAnswered() throws Exception {
    int requests = 20_000; // more than one read of the server takes
    StringBuilder asked = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < requests; i++) {
      asked.append(i).append('\n');
      answers.append("Hello, ").append(i).append("!\n");
    }
    try (ServerProcess server = ServerProcess.start();
        Peer peer = Peer.connect(server.endpoint())) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      peer.send(asked.toString()); // returns when the kernels have it all
      Programs.run("kill", "-TERM", Long.toString(server.process().pid()));
      assertThat(peer.rest()).isEqualTo(answers.toString());
      peer.close();
      assertThat(server.process().waitFor()).isZero();
    }
  }
}
