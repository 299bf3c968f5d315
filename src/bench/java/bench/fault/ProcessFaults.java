package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Processes that are killed. */
final class ProcessFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault("c-peers", "who stays has all answers", ProcessFaults::badPeersInC),
          new Fault("killed-client", "nothing is left of it", ProcessFaults::killedClient),
          new Fault(
              "killed-server",
              "back at its port at once",
              Needs.NO_NEIGHBOUR,
              ProcessFaults::killedServer),
          new Fault(
              "sigterm-under-load",
              "all that it read is answered",
              Needs.NO_NEIGHBOUR,
              ProcessFaults::term));

  private ProcessFaults() {}

  /**
   * Tiny buffers, odd pieces and every way to leave, by a program that uses system calls directly.
   */
  private static void badPeersInC(Subject subject) throws Exception {
    Path source = subject.home().resolve("src/bench/java/bench/fault/peer.c");
    Path binary =
        Files.createTempFile(subject.home().resolve("target/bench"), "peer", ""); // its own
    try {
      run("cc", "-Wall", "-Wextra", "-Werror", "-O2", "-o", binary.toString(), source.toString());
      run(binary.toString(), subject.port() + "", "1000", "11");
    } finally {
      Files.delete(binary);
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    check(process.waitFor() == 0, "%s", output.strip());
  }

  /**
   * A shell that sends requests without end, through nc or bash; it is killed with requests in
   * flight.
   */
  private static void killedClient(Subject subject) throws Exception {
    for (int i = 0; i < 20; i++) {
      String script = "exec 3<>/dev/tcp/127.0.0.1/" + subject.port() + "; yes >&3";
      Process client = new ProcessBuilder("bash", "-c", script).start();
      while (subject.connections() < 2) {
        Thread.onSpinWait();
      }
      client.descendants().forEach(ProcessHandle::destroyForcibly);
      client.destroyForcibly().onExit().join();
      while (subject.connections() > 1) {
        Thread.onSpinWait();
      }
    }
  }

  private static void killedServer(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      peers.add(Peer.of(subject).greeted().send("Ada\n"));
    }
    subject.killAndRestart();
    for (Peer peer : peers) {
      check(peer.isEnded(), "a client was not notified");
      peer.close();
    }
    try (Peer next = Peer.of(subject).greeted()) {
      check(next.send("Ada\n").line().equals("Hello, Ada!"), "not served");
    }
  }

  /** Each client checks that its bytes are a prefix of the expected answers and end with a FIN. */
  private static void term(Subject subject) throws Exception {
    AtomicInteger answered = new AtomicInteger();
    List<String> broken = new ArrayList<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Thread client =
          new Thread(
              () -> {
                try (Peer peer = Peer.of(subject).greeted()) {
                  untilTheEnd(peer, answered);
                } catch (IOException | BrokenException e) {
                  synchronized (broken) {
                    broken.add(e.getMessage());
                  }
                }
              });
      clients.add(client);
      client.start();
    }
    while (answered.get() < 20_000) {
      Thread.onSpinWait();
    }
    check(subject.terminate(), "it does not end");
    for (Thread client : clients) {
      client.join();
    }
    check(broken.isEmpty(), "clients without a whole end: %d (%s)", broken.size(), broken);
  }

  private static void untilTheEnd(Peer peer, AtomicInteger answered)
      throws IOException, BrokenException {
    for (int n = 0; ; n++) {
      String names = "a" + n + "\nb" + n + "\n";
      try {
        peer.send(names);
      } catch (IOException ended) {
        return; // everything before it was answered
      }
      for (String each : names.split("\n")) {
        String answer = peer.line();
        if (answer.isEmpty()) {
          return;
        }
        check(answer.equals("Hello, " + each + "!"), "answer: %s", answer);
        answered.incrementAndGet();
      }
    }
  }
}
