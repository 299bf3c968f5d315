package parley.it.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import parley.endpoint.Endpoint;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Servers;

/** Another implementation of the small services: xinetd's built-in ones. */
@NullMarked
final class Xinetd implements AutoCloseable {

  private final Process process;
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

  private Xinetd(Process process) {
    this.process = process;
  }

  /** Serves these on free ports of loopback, with its own conf in a folder. */
  static Xinetd start(Path folder, Map<String, String> environment, List<String> services)
      throws IOException {
    StringBuilder conf = new StringBuilder();
    List<Integer> ports = freePorts(services.size());
    for (int i = 0; i < services.size(); i++) {
      conf.append(service(services.get(i), ports.get(i)));
    }
    Path log = folder.resolve("xinetd.log");
    List<String> command =
        List.of(
            Programs.need("xinetd"),
            "-f",
            Files.writeString(folder.resolve("xinetd.conf"), conf).toString(),
            "-pidfile",
            folder.resolve("xinetd.pid").toString(),
            "-filelog",
            log.toString(),
            "-dontfork",
            "-stayalive");
    Process process =
        Programs.builder(environment, folder, command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("xinetd.out").toFile())
            .start();
    Xinetd xinetd = new Xinetd(process);
    for (int i = 0; i < services.size(); i++) {
      xinetd.endpoints.put(services.get(i), Servers.FREE.withPort(ports.get(i)));
    }
    for (Endpoint endpoint : xinetd.endpoints.values()) {
      Peer.connect(endpoint, process, log).close();
    }
    return xinetd;
  }

  private static String service(String name, int port) {
    return """
        service %s
        {
          type = INTERNAL UNLISTED
          socket_type = stream
          protocol = tcp
          wait = no
          bind = 127.0.0.1
          port = %d
        }
        """
        .formatted(name, port);
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket each : held) {
        each.close();
      }
    }
  }

  Endpoint endpoint(String service) {
    Endpoint endpoint = endpoints.get(service);
    if (endpoint == null) {
      throw new IllegalArgumentException(service);
    }
    return endpoint;
  }

  /** Its children, one per session of most services, end with their connections. */
  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
