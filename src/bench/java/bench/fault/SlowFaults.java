package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Peers that do something slowly, or not at all. */
final class SlowFaults {

  private static final int MANY = 200;
  private static final int DRIP_MILLIS = 200;

  static final List<Fault> ALL =
      List.of(
          new Fault("silent", "ended when no first frame comes", SlowFaults::silent),
          new Fault("idle", "ended when it is idle for long", SlowFaults::idle),
          new Fault("slow-loris", "a line begun ends in time, or it is ended", SlowFaults::loris),
          new Fault("stalled-readers", "bounded, and ended", SlowFaults::stalled),
          new Fault("drip-reader", "cut when it takes too little", SlowFaults::dripReader),
          new Fault("tiny-window", "all answered, in order", SlowFaults::tinyWindow),
          new Fault("slow-but-steady", "all answered, in order", SlowFaults::steady));

  private SlowFaults() {}

  private static void checkAllEnded(List<Peer> peers) throws IOException, BrokenException {
    int left = 0;
    for (Peer peer : peers) {
      left += left == 0 && peer.isEnded() ? 0 : 1;
    }
    check(left == 0, "not ended: %d of %d", left, peers.size());
  }

  private static void closeAll(List<Peer> peers) throws IOException {
    for (Peer peer : peers) {
      peer.close();
    }
  }

  private static void silent(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      peers.add(Peer.of(subject).greeted());
    }
    checkAllEnded(peers);
    closeAll(peers);
  }

  private static void idle(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject).greeted()) {
      peer.send("Ada\n").line();
      check(peer.isEnded(), "not ended");
    }
  }

  private static void loris(Subject subject) throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      peers.add(Peer.of(subject).greeted());
    }
    int ended = drip(peers, Peer.PATIENCE_MILLIS / DRIP_MILLIS);
    closeAll(peers);
    check(ended == MANY, "ended: %d of %d", ended, MANY);
  }

  /**
   * Sends one byte at a time on each peer until the server has ended all of them; returns how many
   * it ended.
   */
  private static int drip(List<Peer> peers, int times) throws InterruptedException {
    List<Peer> left = new ArrayList<>(peers);
    for (int i = 0; i < times && !left.isEmpty(); i++) {
      left.removeIf(
          peer -> {
            try {
              peer.send("x");
              return false;
            } catch (IOException ended) {
              return true;
            }
          });
      Thread.sleep(DRIP_MILLIS);
    }
    return peers.size() - left.size();
  }

  private static void stalled(Subject subject) throws Exception {
    List<StalledPeer> peers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      peers.add(new StalledPeer(subject));
    }
    List<String> left = leftOf(subject, peers);
    for (StalledPeer peer : peers) {
      peer.close();
    }
    check(left.isEmpty(), "ended: %d of %d; %s", MANY - left.size(), MANY, left);
  }

  /**
   * Returns the peers that the server had not ended when nothing had happened to any of them for
   * the patience. A slow machine is not a fault.
   */
  private static List<String> leftOf(Subject subject, List<StalledPeer> peers) throws Exception {
    List<String> before = List.of();
    int waited = 0;
    do {
      Thread.sleep(DRIP_MILLIS);
      check(subject.isAlive(), subject.end());
      Map<Integer, String> sockets = subject.sockets();
      List<String> left = new ArrayList<>();
      for (StalledPeer peer : peers) {
        if (!peer.isEnded(sockets)) {
          left.add(peer.state(sockets));
        }
      }
      waited = left.equals(before) ? waited + DRIP_MILLIS : 0;
      before = left;
    } while (waited < Peer.PATIENCE_MILLIS && !before.isEmpty());
    return before;
  }

  private static void dripReader(Subject subject) throws Exception {
    try (StalledPeer peer = new StalledPeer(subject)) {
      for (int i = 0;
          i < Peer.PATIENCE_MILLIS / DRIP_MILLIS && !peer.isEnded(subject.sockets());
          i++) {
        Thread.sleep(DRIP_MILLIS);
        peer.readOne();
      }
      check(peer.isEnded(subject.sockets()), "not cut");
    }
  }

  private static void tinyWindow(Subject subject) throws Exception {
    try (Peer peer = Peer.of(subject, 1, "127.0.0.1").greeted()) {
      Numbered.ask(peer, 20_000, true);
    }
  }

  private static void steady(Subject subject) throws Exception {
    int count = 100_000;
    try (Peer peer = Peer.of(subject, 16_384, "127.0.0.1").greeted()) {
      Thread sender = new Thread(() -> Numbered.send(peer, "n", count, true));
      sender.start();
      for (int i = 0; i < count; i++) {
        String answer = peer.line();
        check(answer.equals("Hello, n" + i + "!"), "answer %d of %d: %s", i, count, answer);
        if (i % 500 == 0) {
          Thread.sleep(20);
        }
      }
      sender.join();
      check(peer.rest().isEmpty(), "more than it asked");
    }
  }
}
