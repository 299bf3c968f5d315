package parley.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for outside programs that cannot report the port that they bind. */
public final class Ports {

  private static final int FIRST = 10_000;
  private static final int BEHIND = 32_000; // the system uses 32768 and above for connections

  private Ports() {}

  /** Returns whether loopback has IPv6; a condition of tests. */
  public static boolean haveIpv6() {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return any.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns a free port of 127.0.0.1 that the system does not assign by itself. */
  public static int free() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // try another port
      }
    }
  }
}
