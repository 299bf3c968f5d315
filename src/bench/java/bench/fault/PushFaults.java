package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Peers that have the soak's plug-in push to them, and read too little or too slowly. */
final class PushFaults {

  private static final int MANY = 50;
  private static final int LINES = 500_000;
  private static final int SMALL_BUFFER = 4096;
  private static final int LOOK_MILLIS = 200;
  private static final int SLOW_ROUNDS = 10;
  private static final int SLOW_LINES = 500;
  private static final int SLOW_SHARE = 50;

  static final List<Fault> ALL =
      List.of(
          new Fault("pushed-in-vain", "cut: it never reads", subject -> inVain(subject, "p")),
          new Fault("flooded-in-vain", "cut: nobody waits", subject -> inVain(subject, "f")),
          new Fault("pushed-to-slowly", "all arrives, in order", PushFaults::slowly));

  private PushFaults() {}

  private static void inVain(Subject subject, String how) throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      peers.add(Peer.of(subject, SMALL_BUFFER, "127.0.0.1").send(how + LINES + "\n"));
    }
    List<Peer> left = new ArrayList<>(peers);
    for (int i = 0; i < Peer.PATIENCE_MILLIS / LOOK_MILLIS && !left.isEmpty(); i++) {
      Thread.sleep(LOOK_MILLIS);
      left.removeIf(PushFaults::isReset);
    }
    for (Peer peer : peers) {
      peer.close();
    }
    check(left.isEmpty(), "cut: %d of %d", MANY - left.size(), MANY);
  }

  /** A request that has not yet become a complete name. */
  private static boolean isReset(Peer peer) {
    try {
      peer.send("x");
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static void slowly(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject, SMALL_BUFFER, "127.0.0.1").greeted()) {
      for (int round = 0; round < SLOW_ROUNDS; round++) {
        Pushed lines = Pushed.ask(peer, SLOW_LINES);
        for (int i = 0; i < SLOW_LINES / SLOW_SHARE; i++) {
          Thread.sleep(LOOK_MILLIS / 10);
          lines.some(SLOW_SHARE);
        }
        lines.rest();
      }
    }
  }
}
