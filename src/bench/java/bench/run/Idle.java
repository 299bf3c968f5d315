package bench.run;

import bench.shared.Progress;
import java.io.IOException;
import java.util.List;

/** Measures the cost of idle connections, each time in a process of its own. */
final class Idle {

  private final Home home;
  private final Processors processors;
  private final Results results;
  private final Progress progress;

  Idle(Home home, Processors processors, Results results, Progress progress) {
    this.home = home;
    this.processors = processors;
    this.results = results;
    this.progress = progress;
  }

  void run(List<Stack> stacks, Work work, int rounds, double seconds) throws IOException {
    try (Load load = new Load(home, processors, 1)) {
      for (int round = 1; round <= rounds; round++) {
        for (Stack stack : stacks) {
          progress.begin("round " + round + ", " + work.name() + " " + stack.title, seconds);
          try (Server server = Server.start(stack, home, processors, 1)) {
            measure(round, work, server, load);
          }
        }
      }
    }
  }

  private void measure(int round, Work work, Server server, Load load) throws IOException {
    load.run(
        "connects " + server.port + " 8 0.5 0.1",
        () -> {}); // loads the classes and fills the pools
    long heap = server.figure("heap");
    long resident = server.child.residentBytes();
    load.hold(work.command(server.port, 0, 0));
    long heapWith = server.figure("heap");
    long residentWith = server.child.residentBytes();
    load.release();
    add(round, work, server, "heap-bytes", heap, heapWith);
    add(round, work, server, "rss-bytes", resident, residentWith);
  }

  private void add(int round, Work work, Server server, String metric, long before, long with) {
    if (before >= 0 && with >= 0) {
      double each = (with - before) / (double) work.connections();
      results.add(work.name(), server.stack, round, metric, each);
    }
  }
}
