package bench.run;

import bench.shared.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures the requested servers with the requested works, and reports. */
public final class Bench {

  private Bench() {}

  public static void main(String[] args) {
    System.exit(code(args));
  }

  private static int code(String[] args) {
    try {
      Options options = new Options(args);
      if (options.list) {
        System.out.println("servers: " + Stack.titles().replace(",", ""));
        System.out.println("works:   " + String.join(" ", Work.FULL));
        System.out.println("and:     " + Work.ALLOWED);
      } else {
        run(options, args);
      }
      return 0;
    } catch (IllegalArgumentException bad) {
      System.err.println(bad.getMessage());
      return 2;
    } catch (ChildException e) {
      System.err.println(e.getMessage());
      return e.name.equals("load") && e.code == 1 ? 1 : 70;
    } catch (IOException e) {
      System.err.println(e);
      return 70;
    }
  }

  private static void run(Options options, String[] args) throws IOException {
    Home home = new Home(Path.of(System.getProperty("bench.home")));
    Files.createDirectories(home.results());
    if (options.tls) {
      home.speakTls();
    }
    Processors processors = new Processors();
    Path out = options.out == null ? home.results().resolve("results.tsv") : options.out;
    try (Results results = new Results(out)) {
      for (String fact : Facts.of(home, processors, args)) {
        System.out.println(fact);
        results.fact(fact);
      }
      List<Stack> stacks = new Entrants(home, processors, results).of(options.stacks());
      List<Work> works = affordable(options.works(), results);
      results.open(); // an earlier run's results are kept until here
      Measuring measuring = new Measuring(home, processors, options, results, works, stacks.size());
      try {
        for (int loops = 1; loops <= 2; loops++) {
          int count = loops;
          List<Work> some = works.stream().filter(each -> each.loops() == count).toList();
          measuring.run(stacks, some, loops);
        }
      } finally {
        Progress.clear();
      }
      System.out.println();
      new Report(results).print();
      System.out.println("\nall figures: " + out.toAbsolutePath());
    }
  }

  /** Leaves out works that need more descriptors than a process may have. */
  private static List<Work> affordable(List<Work> works, Results results) {
    long most = descriptors();
    List<Work> some = new ArrayList<>();
    for (Work each : works) {
      if (each.connections() + 200 <= most) {
        some.add(each);
      } else {
        String fact = each.name() + " left out: a process may have " + most + " descriptors here";
        System.out.println(fact);
        results.fact(fact);
      }
    }
    return some;
  }

  /** The JVM raises its limit as far as it may; the servers and the load inherit this limit. */
  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
