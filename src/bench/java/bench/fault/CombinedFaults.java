package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several faults at once, on a heap of 64 MiB. */
final class CombinedFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault("endless-lines", "1,000 of them are bounded", CombinedFaults::endless),
          new Fault(
              "all-at-once",
              "200 stalled readers, 1,000 endless lines, a storm: no OutOfMemoryError",
              CombinedFaults::all));

  private CombinedFaults() {}

  /** Sends while the server reads: at most 64 KiB per peer, and never a newline. */
  private static List<Peer> endlessLines(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    byte[] block = "x".repeat(900).getBytes();
    for (int i = 0; i < 1000; i++) {
      Peer peer = Peer.of(subject);
      peers.add(peer);
      try {
        peer.send(block);
      } catch (IOException ended) {
        // refused
      }
    }
    for (int n = 0; n < 70; n++) {
      for (Peer peer : peers) {
        try {
          peer.send(block);
        } catch (IOException ended) {
          // the expected result
        }
      }
    }
    return peers;
  }

  private static void endless(Subject subject) throws Exception {
    List<Peer> peers = endlessLines(subject);
    int left = 0;
    for (Peer peer : peers) {
      left += left == 0 && peer.isEnded() ? 0 : 1;
      peer.close();
    }
    check(left == 0, "not ended: %d of 1000", left);
  }

  private static void all(Subject subject) throws Exception {
    List<AutoCloseable> peers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      peers.add(new StalledPeer(subject));
    }
    peers.addAll(endlessLines(subject));
    for (int i = 0; i < 2000; i++) {
      Peer.of(subject).close();
    }
    check(subject.isAlive(), subject.end());
    for (AutoCloseable peer : peers) {
      peer.close();
    }
    long errors = subject.log().lines().filter(line -> line.contains("OutOfMemoryError")).count();
    check(errors == 0, "OutOfMemoryError in the log");
    // The storm is over, but its server may not have seen that yet: another address is not refused.
    try (Peer next = Peer.of(subject, 0, "127.0.0.2").greeted()) {
      check(next.send("Ada\n").line().equals("Hello, Ada!"), "not served afterwards");
    }
  }
}
