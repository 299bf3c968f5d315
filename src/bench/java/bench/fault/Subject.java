package bench.fault;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server under test, in its own process with a heap of 64 MiB: Parley as it is shipped, with
 * short deadlines, or a peer of the bench.
 */
final class Subject implements AutoCloseable {

  static final List<String> NAMES = List.of("parley", "mina", "netty-nio", "netty-epoll", "vertx");

  private static final String LISTENING = "0A";
  private static final int LAST = 12; // lines
  private static final String HEAP = "-Xmx64m";
  private static final List<String> JVM_THREADS =
      List.of("C1 Compiler", "C2 Compiler", "GC Thread", "G1 ", "VM ", "Attach Listener");
  private static final String BRIEF = "-J-XX:TieredStopAtLevel=1"; // it is mostly start-up
  private static final Pattern READY =
      Pattern.compile("listening (?:tcp://127\\.0\\.0\\.1:)?(\\d+)");
  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  /** An entry in Parley's tables by address. */
  private static final Pattern SOURCES =
      Pattern.compile("\\s(\\d+)\\s+\\d+\\s+parley\\.transport\\.Admission\\$Source\\s");

  private static final List<String> DEADLINES =
      List.of(
          "close-timeout=500ms",
          "drain-timeout=20s",
          "listeners.greeting.limits.first-frame-timeout=4s",
          "listeners.greeting.limits.frame-timeout=3s",
          "listeners.greeting.limits.idle-timeout=5s",
          "listeners.greeting.limits.outbound-window=3s");

  private final String name;
  private final Path home;
  private final Path log;
  private final Needs needs;
  private Process process;
  private int port;

  /**
   * Starts a server.
   *
   * @param needs the ways in which the server differs from the default
   */
  Subject(String name, Path home, Needs needs) throws IOException {
    this.name = name;
    this.home = home;
    this.needs = needs;
    Path folder = Files.createDirectories(home.resolve("target/bench"));
    log = folder.resolve("fault-" + name + "-" + ProcessHandle.current().pid() + ".err");
    log.toFile().deleteOnExit();
    Files.deleteIfExists(log);
    start();
  }

  private void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("JAVA_OPTS", HEAP);
    process = builder.start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    Matcher ready = READY.matcher(line == null ? "" : line);
    if (!ready.find()) {
      throw new IOException(name + " did not start: " + line + "\n" + Files.readString(log));
    }
    port = Integer.parseInt(ready.group(1));
    Process started = process;
    Thread rest = new Thread(() -> keep(out, started), "output of " + name);
    rest.setDaemon(true);
    rest.start();
  }

  /** Copies the output after the first line to the log as well, such as why the JVM ended. */
  private void keep(BufferedReader out, Process of) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      System.err.println(name + ", process " + of.pid() + ": " + e); // its output is cut short
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    if (needs.descriptors() > 0) {
      command.addAll(
          List.of("sh", "-c", "ulimit -n " + needs.descriptors() + " && exec \"$@\"", "sh"));
    }
    if (isParley()) {
      command.add(home.resolve("bin/start-server.sh").toString());
      Stream.of(DEADLINES, needs.settings())
          .flatMap(List::stream)
          .forEach(each -> command.addAll(List.of("--set", each)));
      String endpoint = "listeners.greeting.endpoint=tcp://127.0.0.1:" + port;
      command.addAll(List.of("--set", endpoint));
      return command;
    }
    Path target = home.resolve("src/bench/target");
    String classes = target.resolve("classes") + File.pathSeparator + target.resolve("lib/*");
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of(HEAP, "-cp", classes));
    if (name.equals("netty-epoll")) {
      command.add("-Depoll=true");
    }
    String main = name.startsWith("netty") ? "netty" : name;
    int loops = Runtime.getRuntime().availableProcessors();
    command.addAll(List.of("bench." + main + ".GreetingServer", port + "", loops + ""));
    return command;
  }

  Path home() {
    return home;
  }

  private boolean isParley() {
    return name.equals("parley");
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns details for a failure when the server is not alive. */
  String end() {
    return "the server has ended"
        + (isAlive() ? "" : ", exit code " + process.exitValue() + ": " + lastLines());
  }

  private String lastLines() {
    try {
      List<String> lines = log().lines().filter(line -> !line.isBlank()).toList();
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST), lines.size()));
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  /** Sends SIGKILL, then starts the same server again at the same port. */
  void killAndRestart() throws IOException {
    process.destroyForcibly().onExit().join();
    start();
  }

  /** Sends SIGTERM; returns whether the process ended within the patience. */
  boolean terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor(2 * Peer.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  long logBytes() throws IOException {
    return Files.size(log);
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Returns the resources that the server holds now, after a full collection. */
  Holding holding() throws IOException, InterruptedException {
    Path proc = Path.of("/proc", process.pid() + "");
    String histogram = histogram();
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IOException("jcmd printed nothing about its heap");
    }
    Matcher sources = SOURCES.matcher(histogram);
    return new Holding(
        entries(proc.resolve("fd")).size(),
        threads(proc.resolve("task")),
        sources.find() ? Integer.parseInt(sources.group(1)) : 0,
        Long.parseLong(total.group(1)));
  }

  /**
   * Returns the number of its connections: sockets with its port that a process holds, from the
   * kernel's table.
   */
  int connections() throws IOException {
    return connections("/proc/net/tcp") + connections("/proc/net/tcp6");
  }

  private int connections(String table) throws IOException {
    return (int) sockets(table).filter(each -> !each[9].equals("0")).count();
  }

  /**
   * Returns its sockets to peers at 127.0.0.1, by their port, as the kernel's tables list them:
   * state, queues, timer, inode.
   */
  Map<Integer, String> sockets() throws IOException {
    return Stream.concat(sockets("/proc/net/tcp"), sockets("/proc/net/tcp6"))
        .filter(each -> each[2].contains("0100007F:")) // also of ::ffff:127.0.0.1
        .collect(
            Collectors.toMap(
                each -> Integer.parseInt(each[2].substring(each[2].indexOf(':') + 1), 16),
                each -> String.join(" ", Arrays.copyOfRange(each, 3, 10)),
                (one, other) -> other));
  }

  private Stream<String[]> sockets(String table) throws IOException {
    String local = String.format(":%04X", port);
    return Files.readAllLines(Path.of(table)).stream()
        .map(each -> each.strip().split("\\s+"))
        .filter(each -> each[1].endsWith(local) && !each[3].equals(LISTENING));
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  /** Returns the names of its threads, except those that a JVM starts and ends with its load. */
  private static List<String> threads(Path tasks) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path task : entries(tasks)) {
      try {
        String name = Files.readString(task.resolve("comm")).strip();
        if (JVM_THREADS.stream().noneMatch(name::startsWith)) {
          names.add(name);
        }
      } catch (NoSuchFileException e) {
        // has ended since
      } catch (IOException e) {
        if (Files.exists(task)) { // one that ends while it is read gives "no such process"
          throw e;
        }
      }
    }
    return names;
  }

  private String histogram() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
    Path out = Files.createTempFile("heap", ".txt");
    Process tool =
        new ProcessBuilder(jcmd, BRIEF, process.pid() + "", "GC.class_histogram")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!tool.waitFor(Peer.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      tool.destroyForcibly(); // a JVM without a free descriptor, for example, does not answer
    }
    String output = Files.readString(out);
    Files.delete(out);
    return output;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** Descriptors, threads, addresses in Parley's tables, and bytes of live objects. */
  record Holding(int descriptors, List<String> threads, int sources, long heap) {

    private static final int SOME_DESCRIPTORS = 3;
    private static final int SOME_THREADS = 2;
    private static final long SOME_HEAP = 3 << 20;

    /** Returns whether this is at most the earlier amount, apart from a JVM's own changes. */
    boolean isBackAt(Holding before) {
      return descriptors <= before.descriptors + SOME_DESCRIPTORS
          && threads.size() <= before.threads.size() + SOME_THREADS
          && sources <= before.sources
          && heap <= before.heap + SOME_HEAP;
    }

    /** Returns the names of the threads that were not there before. */
    List<String> newThreads(Holding before) {
      List<String> more = new ArrayList<>(threads);
      before.threads.forEach(more::remove);
      return more;
    }

    @Override
    public String toString() {
      return String.format(
          "%d fd, %d threads, %d addresses, %.1f MB",
          descriptors, threads.size(), sources, heap / 1e6);
    }
  }
}
