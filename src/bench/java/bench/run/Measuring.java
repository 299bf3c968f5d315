package bench.run;

import bench.shared.AskedRate;
import bench.shared.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the works. All servers are up; in each round they are loaded one at a time. */
final class Measuring {

  /** The share of a server's highest rate that an open loop requests. */
  private static final double OPEN_SHARE = 0.7;

  /** The warm-up before each measurement, so that caches and connections are warm again. */
  private static final double ROUND_WARM_UP = 0.5;

  private final Home home;
  private final Processors processors;
  private final Options options;
  private final Results results;
  private final Progress progress;

  /**
   * Creates a run.
   *
   * @param all the works to measure, with any number of loops
   * @param servers how many
   */
  Measuring(
      Home home,
      Processors processors,
      Options options,
      Results results,
      List<Work> all,
      int servers) {
    this.home = home;
    this.processors = processors;
    this.options = options;
    this.results = results;
    long idle = all.stream().filter(each -> each.kind() == Work.Kind.IDLE).count();
    long warmUps = options.warmUp > 0 ? servers * (all.size() - idle) : 0;
    long rounds = (long) servers * all.size() * options.rounds;
    progress =
        new Progress((int) (warmUps + rounds), warmUps * options.warmUp + rounds * roundSeconds());
  }

  void run(List<Stack> stacks, List<Work> works, int loops) throws IOException {
    List<Work> closed =
        works.stream().filter(each -> !each.isOpen() && each.kind() != Work.Kind.IDLE).toList();
    List<Work> open = works.stream().filter(Work::isOpen).toList();
    if (!closed.isEmpty()) {
      List<Server> servers = new ArrayList<>();
      try (Load load = new Load(home, processors, loops)) {
        for (Stack each : stacks) {
          servers.add(Server.start(each, home, processors, loops, gcLog(each, loops)));
        }
        rounds(servers, closed, load);
        rounds(servers, open, load);
      } finally {
        servers.forEach(Server::close);
      }
    }
    for (Work each : works) {
      if (each.kind() == Work.Kind.IDLE) {
        new Idle(home, processors, results, progress)
            .run(stacks, each, options.rounds, roundSeconds());
      }
    }
  }

  private @Nullable GcLog gcLog(Stack stack, int loops) throws IOException {
    String cores = loops == 1 ? "" : "-" + loops + "cores";
    return stack.isJava() ? results.gcLog(stack.title + cores) : null;
  }

  private void rounds(List<Server> servers, List<Work> works, Load load) throws IOException {
    for (Work work : works) {
      for (Server server : servers) {
        if (options.warmUp > 0) {
          progress.begin("warm-up, " + named(work, server), options.warmUp);
          load.run(command(work, server, options.warmUp, 0.1, servers), () -> {});
        }
      }
    }
    List<Server> order = new ArrayList<>(servers);
    for (int round = 1; round <= options.rounds; round++) {
      for (Work work : works) {
        for (Server server : order) {
          progress.begin("round " + round + ", " + named(work, server), roundSeconds());
          measure(round, work, server, load, servers);
        }
      }
      Collections.rotate(order, 1); // no server always follows the same one
    }
  }

  private static String named(Work work, Server server) {
    return work.name() + " " + server.stack.title;
  }

  private double roundSeconds() {
    return roundWarmUp() + options.seconds;
  }

  private double roundWarmUp() {
    return Math.min(ROUND_WARM_UP, options.warmUp);
  }

  private void measure(int round, Work work, Server server, Load load, List<Server> servers)
      throws IOException {
    String command = command(work, server, roundWarmUp(), options.seconds, servers);
    Usage usage = new Usage(server);
    usage.begin(); // again once connections are open: opening is not part of the requests' cost
    Map<String, Double> measured = load.run(command, usage::begin);
    usage.end();
    String key = work.name() + " " + server.stack.title + " round " + round;
    results.fact(
        ("busy " + key + ": server " + usage.busyPercent() + " %, load ")
            + (Math.round(measured.remove("busy-percent")) + " %"));
    double answers = measured.remove("answers");
    if (work.isOpen()) {
      measured.put(AskedRate.METRIC, (double) rate(work, server, servers));
    }
    if (work.kind() == Work.Kind.CONNECTS) { // here the load may be the slower side
      measured.put("cpu-us", usage.micros() / answers);
    }
    if (server.stack.isJava()) {
      measured.put("alloc-bytes", usage.allocated() / answers);
    }
    measured.putAll(usage.pauses());
    measured.forEach(
        (metric, value) -> results.add(work.name(), server.stack, round, metric, value));
  }

  private String command(
      Work work, Server server, double warmUp, double seconds, List<Server> servers) {
    String command = work.command(server.port, warmUp, seconds);
    return work.isOpen() ? command + " " + rate(work, server, servers) : command;
  }

  /** Returns the requests per second of an open loop. */
  private long rate(Work work, Server server, List<Server> servers) {
    if (work.kind() == Work.Kind.OPEN_COMMON && options.rate > 0) {
      return Math.round(options.rate);
    }
    double peak =
        work.kind() == Work.Kind.OPEN
            ? peak(work, server)
            : servers.stream().mapToDouble(each -> peak(work, each)).min().orElseThrow();
    return Math.max(1, Math.round(OPEN_SHARE * peak));
  }

  private double peak(Work open, Server server) {
    return results.of(open.closed().name(), server.stack, "rate").orElseThrow().median();
  }
}
