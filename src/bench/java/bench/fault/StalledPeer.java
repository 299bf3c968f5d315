package bench.fault;

import java.io.IOException;
import java.util.Map;

/** A peer that sends as many requests as the sockets take, and reads nothing. */
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

  /**
   * Returns whether the server has ended the session, by a reset or with a FIN. If the peer's
   * window is closed, the kernel cannot send it the FIN. It then keeps the closed socket for a
   * while, with inode 0.
   *
   * @param sockets the server's, from {@link Subject#sockets}
   */
  boolean isEnded(Map<Integer, String> sockets) throws IOException {
    String socket = sockets.get(peer.port());
    boolean closed = socket == null || (socket.endsWith(" 0") && !socket.startsWith("01 "));
    return cut || (closed && peer.hasBytes()); // before the greeting, it may not be accepted yet
  }

  /** Returns this peer's state for a failure's message; it stays the same while nothing happens. */
  String state(Map<Integer, String> sockets) {
    String[] socket = sockets.getOrDefault(peer.port(), "none").split(" ");
    String queues = socket.length > 1 ? socket[1] : "";
    return String.format(
        "peer %d sent %d, server's socket %s %s", peer.port(), sent, socket[0], queues);
  }

  /** Takes a byte if one arrives within a second: a closed window opens when TCP probes it. */
  void readOne() {
    try {
      peer.impatient().read();
    } catch (BrokenException none) {
      // try again next time
    } catch (IOException ended) {
      cut = true;
    }
  }

  @Override
  public void close() throws IOException {
    peer.close();
  }
}
