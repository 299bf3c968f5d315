package parley.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import parley.endpoint.Endpoint;

/** A server that start-server.sh runs in the foreground, on a free port. */
public final class ServerProcess implements AutoCloseable {

  private final Process process;
  private final Path err;
  private final List<Endpoint> endpoints = new ArrayList<>();

  private ServerProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
  }

  public static ServerProcess start(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add(0, "--set");
    all.add(1, "listeners.greeting.endpoint=tcp://127.0.0.1:0");
    return start(1, Map.of(), all);
  }

  public static ServerProcess start(
      int listeners, Map<String, String> environment, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(options);
    command.add(0, Programs.script("start-server.sh"));
    return start(listeners, environment, Path.of("/"), command);
  }

  /** Starts it by a command in a folder, which may do other things first. */
  public static ServerProcess start(
      int listeners, Map<String, String> environment, Path folder, List<String> command)
      throws IOException {
    Path err = Files.createTempFile("parley", ".log");
    Process process =
        Programs.builder(environment, folder, command).redirectError(err.toFile()).start();
    ServerProcess server = new ServerProcess(process, err);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    while (server.endpoints.size() < listeners) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("the server ended: " + Files.readString(err));
      }
      server.endpoints.add(Endpoint.parse(line.split(" ")[1]));
    }
    return server;
  }

  public Endpoint endpoint() {
    return endpoints.get(0);
  }

  public List<Endpoint> endpoints() {
    return endpoints;
  }

  public Process process() {
    return process;
  }

  public String log() throws IOException {
    return Files.readString(err);
  }

  /** Sends SIGTERM; returns the exit code. */
  public int stop() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList()); // a shell's children
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroy);
    all.forEach(each -> each.onExit().join());
    Files.deleteIfExists(err);
  }
}
