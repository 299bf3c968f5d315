package bench.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processors of the servers and the load: one each, by taskset, if there are two. */
final class Processors {

  private static final Path STATUS = Path.of("/proc/self/status");

  private final List<Integer> allowed = new ArrayList<>();

  Processors() throws IOException {
    if (found("taskset") && Files.isReadable(STATUS)) {
      Files.readAllLines(STATUS).stream()
          .filter(each -> each.startsWith("Cpus_allowed_list:"))
          .forEach(each -> parse(each.replaceFirst(".*:\\s*", "")));
    }
  }

  /** Returns a list such as 0-1,4. */
  private void parse(String list) {
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
        allowed.add(i);
      }
    }
  }

  static boolean found(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the words before a server's command. */
  List<String> server(int loops) {
    return pinned(loops == 1 ? 0 : -1);
  }

  /** Returns the words before the load's command. */
  List<String> load(int loops) {
    return pinned(loops == 1 ? 1 : -1);
  }

  private List<String> pinned(int at) {
    if (allowed.size() < 2) {
      return List.of();
    }
    String cpus = at < 0 ? allowed.get(0) + "," + allowed.get(1) : allowed.get(at).toString();
    return List.of("taskset", "-c", cpus);
  }

  @Override
  public String toString() {
    return allowed.size() < 2
        ? "not pinned: servers and load share the processors"
        : "server " + allowed.get(0) + ", load " + allowed.get(1);
  }
}
