package parley.it.fleet;

import static parley.testing.Programs.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import parley.testing.Await;
import parley.testing.ServerProcess;

/** The resources of a server's process: descriptors, threads, and bytes of live objects. */
record Holding(int descriptors, int threads, long heapBytes) {

  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");
  private static final int SOME_DESCRIPTORS = 3;
  private static final int SOME_THREADS = 6;
  private static final long SOME_HEAP = 3 << 20;

  /** Counts after a full collection. */
  static Holding of(ServerProcess server) throws IOException, InterruptedException {
    String pid = server.process().pid() + "";
    String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
    Matcher total = TOTAL.matcher(run(jcmd, pid, "GC.class_histogram").out());
    if (!total.find()) {
      throw new IOException("jcmd printed nothing about its heap");
    }
    Path proc = Path.of("/proc", pid);
    return new Holding(
        count(proc.resolve("fd")), count(proc.resolve("task")), Long.parseLong(total.group(1)));
  }

  private static int count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return (int) entries.count();
    }
  }

  /** Waits until the server again holds at most this, apart from a JVM's own changes. */
  void awaitAgain(ServerProcess server) {
    Await.until("at most " + this, () -> of(server), this::isAbout);
  }

  private boolean isAbout(Holding now) {
    return now.descriptors <= descriptors + SOME_DESCRIPTORS
        && now.threads <= threads + SOME_THREADS
        && now.heapBytes <= heapBytes + SOME_HEAP;
  }
}
