package parley.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for outside programs that cannot say which one they took. */
public final class Ports {

  private static final int FIRST = 10_000;
  private static final int BEHIND = 32_000; // from 32768 on the system gives them to connections

  private Ports() {}

  /** A port of 127.0.0.1 that is free, and that nobody gets who asks the system for one. */
  public static int free() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // another
      }
    }
  }
}
