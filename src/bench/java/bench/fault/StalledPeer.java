package bench.fault;

import java.io.IOException;

/** Asks as much as the sockets take, and reads nothing. */
final class StalledPeer implements AutoCloseable {

  private static final int REQUESTS = 100_000;
  private static final int SMALL_BUFFER = 4096;

  private final Peer peer;
  private volatile boolean cut;
  private volatile int sent;

  StalledPeer(Subject subject) throws IOException {
    peer = Peer.of(subject, SMALL_BUFFER, "127.0.0.1");
    Thread asking = new Thread(this::ask, "stalled");
    asking.setDaemon(true);
    asking.start();
  }

  private void ask() {
    byte[] name = ("x".repeat(1000) + "\n").getBytes();
    try {
      for (int i = 0; i < REQUESTS; i++) {
        peer.send(name);
        sent = i;
      }
    } catch (IOException e) {
      cut = true;
    }
  }

  /** How many names its socket has taken. */
  int sent() {
    return sent;
  }

  /** Whether the server has ended it. */
  boolean isCut() {
    return cut;
  }

  /** What is known of it, for who looks into it. */
  String state(Subject subject) throws IOException {
    return String.format(
        "peer %d sent %d, has bytes %s, server's socket %s",
        peer.port(), sent, peer.hasBytes(), subject.socket(peer.port()).orElse("none"));
  }

  /** Takes a byte, if one comes within a second: a window that was shut opens when TCP asks. */
  void readOne() {
    try {
      peer.impatient().read();
    } catch (BrokenException none) {
      // the next time
    } catch (IOException ended) {
      cut = true;
    }
  }

  @Override
  public void close() throws IOException {
    peer.close();
  }
}
