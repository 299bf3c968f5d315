package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Peers that connect too often, connect too many at once, or leave abruptly. */
final class ConnectionFaults {

  private static final int LOG_MOST = 256 * 1024;
  private static final int BAD_PEERS = Integer.getInteger("bench.bad-peers", 10_000);

  static final List<Fault> ALL =
      List.of(
          new Fault("reset-in-request", "no error in the log", ConnectionFaults::resetEarly),
          new Fault("reset-with-answers", "no error in the log", ConnectionFaults::resetLate),
          new Fault("connect-storm", "all greeted", ConnectionFaults::storm),
          new Fault("connect-and-leave", "nothing is left of them", ConnectionFaults::leave),
          new Fault(
              "one-source",
              "one source does not take all places",
              Needs.settings("listeners.greeting.limits.connections-per-address=100"),
              ConnectionFaults::source),
          new Fault(
              "no-descriptors",
              "those that are there are served",
              Needs.descriptors(150),
              ConnectionFaults::exhaust),
          new Fault("bad-peers", "the log is bounded", ConnectionFaults::badPeers));

  private ConnectionFaults() {}

  private static void resetEarly(Subject subject) throws Exception {
    for (int i = 0; i < 1000; i++) {
      Peer.of(subject).send("unfin").reset();
    }
    checkNoErrors(subject);
  }

  private static void resetLate(Subject subject) throws Exception {
    for (int i = 0; i < 200; i++) {
      Peer peer = Peer.of(subject).greeted();
      Numbered.send(peer, "n", 2000, false);
      peer.line();
      peer.reset();
    }
    checkNoErrors(subject);
  }

  private static void checkNoErrors(Subject subject) throws Exception {
    long errors = subject.log().lines().filter(line -> line.contains("ERROR")).count();
    check(errors == 0, "lines with ERROR: %d", errors);
  }

  private static void storm(Subject subject) throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int n = 0; n < 500; n++) {
                    Peer.of(subject).greeted().close();
                  }
                } catch (IOException | BrokenException e) {
                  synchronized (broken) {
                    broken.add(e.toString());
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    check(broken.isEmpty(), "not greeted: %s", broken);
  }

  private static void leave(Subject subject) throws Exception {
    for (int i = 0; i < 2000; i++) {
      Peer.of(subject).close();
    }
  }

  private static void source(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    int greeted = 0;
    for (int i = 0; i < 200; i++) {
      Peer peer = Peer.of(subject, 0, "127.0.0.2");
      peers.add(peer);
      try {
        greeted += peer.line().equals(Peer.BANNER) ? 1 : 0;
      } catch (IOException reset) {
        // refused
      }
    }
    for (Peer peer : peers) {
      peer.close();
    }
    check(greeted < 200, "one source has %d places", greeted);
  }

  private static void exhaust(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    List<String> neither = new ArrayList<>();
    int greeted = 0;
    int refused = 0;
    for (int i = 0; i < 250; i++) {
      Peer peer = Peer.of(subject);
      peers.add(peer);
      try {
        peer.impatient();
        boolean its = peer.line().equals(Peer.BANNER);
        greeted += its ? 1 : 0;
        refused += its ? 0 : 1;
      } catch (BrokenException | IOException left) {
        neither.add(i + ": " + left.getMessage()); // still in the accept queue, or reset
      }
    }
    check(greeted > 0 && greeted < 250, "greeted: %d of 250", greeted);
    check(neither.size() < 5, "neither greeted nor refused: %d %s", neither.size(), neither);
    for (Peer peer : peers) {
      peer.close();
    }
    while (subject.connections() > 1) { // except the neighbour's
      Thread.onSpinWait();
    }
    try (Peer next = Peer.of(subject).greeted()) {
      check(next.send("Ada\n").line().equals("Hello, Ada!"), "not served when places are free");
    }
    check(subject.logBytes() < LOG_MOST, "bytes in the log: %d", subject.logBytes());
  }

  private static void badPeers(Subject subject) throws Exception {
    String tooLong = "x".repeat(10_000) + "\n";
    for (int i = 0; i < BAD_PEERS; i++) {
      try (Peer peer = Peer.of(subject)) {
        peer.send(tooLong);
      } catch (IOException reset) {
        // ended
      }
    }
    check(subject.logBytes() < LOG_MOST, "bytes in the log: %d", subject.logBytes());
  }
}
