package bench.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A child process that reads commands and prints answers, line by line. It ends at the latest with
 * this process.
 */
final class Child implements AutoCloseable {

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroy)));
  }

  private final String name;
  private final Path err;
  private final Process process;
  private final BufferedReader in;
  private final Writer out;

  /**
   * Starts the process.
   *
   * @param folder of the file for its standard error, which has its name
   */
  Child(String name, Path folder, List<String> command) throws IOException {
    this.name = name;
    err = folder.resolve(name + ".err");
    process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    RUNNING.add(process);
    in = process.inputReader();
    out = process.outputWriter();
  }

  void say(String line) throws IOException {
    try {
      out.write(line + "\n");
      out.flush();
    } catch (IOException gone) {
      throw ended();
    }
  }

  /** Returns the next line that it prints. */
  String line() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw ended();
    }
    return line;
  }

  private ChildException ended() throws IOException {
    int code = process.onExit().join().exitValue();
    return new ChildException(name, code, Files.readString(err).strip());
  }

  /** Returns its processor time so far; zero if the system does not report it. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Returns its resident bytes; -1 if the system does not report them. */
  long residentBytes() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    return Files.readAllLines(status).stream()
        .filter(each -> each.startsWith("VmRSS:"))
        .mapToLong(each -> Long.parseLong(each.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(-1);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    RUNNING.remove(process);
  }
}
