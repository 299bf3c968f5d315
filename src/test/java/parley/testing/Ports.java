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

  /** Whether loopback has IPv6 too; the condition of a test. */
  public static boolean haveIpv6() {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return any.isBound();
    } catch (IOException e) {
      return false;
    }
  }

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
