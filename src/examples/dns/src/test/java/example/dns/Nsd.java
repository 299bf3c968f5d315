package example.dns;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import parley.endpoint.Endpoint;

/** A DNS server that shares no code with this one: nsd, on a free port of loopback. */
final class Nsd implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final Process process;
  private final Endpoint endpoint;

  private Nsd(Process process, Endpoint endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Serves a zone. Without nsd it skips the test, but fails it in CI. */
  static Nsd serve(String origin, List<String> zone, Path folder) throws Exception {
    Files.write(folder.resolve("zone"), zone);
    for (int i = 0; i < ATTEMPTS; i++) {
      Nsd nsd = start(origin, folder);
      if (nsd.listens()) {
        return nsd;
      }
      nsd.close(); // another process took the port
    }
    throw new IOException("nsd did not start: " + Files.readString(folder.resolve("log")));
  }

  private static Nsd start(String origin, Path folder) throws IOException {
    int port = freePort();
    Path conf =
        Files.writeString(
            folder.resolve("nsd.conf"),
            """
            server:
              ip-address: 127.0.0.1
              port: %1$d
              server-count: 1
              username: ""
              chroot: ""
              zonesdir: "%2$s"
              database: ""
              pidfile: ""
              zonelistfile: "%2$s/zone.list"
              xfrdfile: "%2$s/xfrd.state"
              xfrdir: "%2$s"
              minimal-responses: yes
              refuse-any: no
            remote-control:
              control-enable: no
            zone:
              name: %3$s
              zonefile: zone
            """
                .formatted(port, folder, origin));
    Process process =
        new ProcessBuilder(program(), "-d", "-c", conf.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new Nsd(process, Endpoint.parse("tcp://127.0.0.1:" + port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static String program() {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "nsd"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseGet(Nsd::missing);
  }

  private static String missing() {
    if (System.getenv("CI") != null) {
      fail("nsd is missing");
    }
    Assumptions.abort("nsd is missing");
    return "";
  }

  /** Waits until it accepts connections, or has ended. */
  private boolean listens() throws InterruptedException {
    do {
      try (Socket taken = new Socket(endpoint.host(), endpoint.port())) {
        return process.isAlive() && taken.isConnected();
      } catch (IOException notYet) {
        // tried again
      }
    } while (!process.waitFor(20, TimeUnit.MILLISECONDS));
    return false;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    List<ProcessHandle> workers = process.descendants().toList();
    process.destroy();
    process.onExit().join();
    workers.forEach(ProcessHandle::destroy); // if it did not end them
  }
}
