package example.resp;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import parley.endpoint.Endpoint;

/** A real redis-server on a free port of loopback, which keeps nothing. */
final class RedisServer implements AutoCloseable {

  private final Process process;
  private final Endpoint endpoint;

  private RedisServer(Process process, Endpoint endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts it. Without redis-server it skips the test, but fails it in CI. */
  static RedisServer start() throws IOException {
    boolean isThere =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
    if (!isThere && System.getenv("CI") != null) {
      fail("redis-server is missing");
    }
    Assumptions.assumeTrue(isThere, "redis-server is missing");
    StringBuilder log = new StringBuilder();
    for (int attempt = 0; attempt < 5; attempt++) { // another process may take the port first
      RedisServer server = on(freePort());
      if (server.isReady(log)) {
        return server;
      }
      server.close();
    }
    throw new IOException(log.toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static RedisServer on(int port) throws IOException {
    Process process =
        new ProcessBuilder(
                "redis-server",
                "--port",
                port + "",
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectErrorStream(true)
            .start();
    return new RedisServer(process, Endpoint.parse("tcp://127.0.0.1:" + port));
  }

  private boolean isReady(StringBuilder log) throws IOException {
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      log.append(line).append('\n');
      if (line.contains("Ready to accept connections")) {
        return true;
      }
    }
    return false;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
