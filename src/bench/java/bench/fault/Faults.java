package bench.fault;

import bench.shared.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command behind faults.sh: injects each fault into each server and reports which servers held.
 */
public final class Faults {

  private final Path home = Path.of(System.getProperty("bench.home"));
  private final List<String> servers = new ArrayList<>(List.of("parley"));
  private final List<Fault> faults = new ArrayList<>();
  private boolean held = true;

  private Faults() {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("--list")) {
      Fault.all().forEach(each -> System.out.printf("%-20s %s%n", each.name(), each.rule()));
      return;
    }
    Faults faults = new Faults();
    try {
      faults.read(args);
    } catch (IllegalArgumentException bad) {
      System.err.println(bad.getMessage());
      System.exit(2);
    }
    try {
      faults.run();
    } catch (IOException e) {
      Progress.clear();
      System.err.println(e.getMessage());
      System.exit(70);
    }
    System.exit(faults.held ? 0 : 1);
  }

  private void read(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--servers")) {
        if (++i == args.length) {
          throw new IllegalArgumentException("--servers (expected: NAME,...)");
        }
        servers.clear();
        Arrays.stream(args[i].split(",")).map(Faults::server).forEach(servers::add);
      } else {
        faults.add(fault(args[i]));
      }
    }
    if (faults.isEmpty()) {
      faults.addAll(Fault.all());
    }
  }

  private static String server(String name) {
    if (!Subject.NAMES.contains(name)) {
      throw new IllegalArgumentException("server: " + name + " (expected: " + Subject.NAMES + ")");
    }
    return name;
  }

  private static Fault fault(String name) {
    return Fault.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("fault: " + name + " (see faults.sh --list)"));
  }

  private void run() throws Exception {
    Path file = Files.createDirectories(home.resolve("target/bench")).resolve("faults.tsv");
    int trials = faults.size() * servers.size();
    Progress progress = new Progress(trials, trials);
    try (PrintStream out = new PrintStream(Files.newOutputStream(file), true)) {
      out.println("fault\tserver\theld\thow it was broken\tneighbour\tleft over");
      for (Fault fault : faults) {
        for (String server : servers) {
          progress.begin(fault.name() + " on " + server, 1);
          Trial trial = Trial.of(fault, server, home);
          Progress.clear();
          held &= trial.isHeld() || !server.equals("parley");
          String verdict = trial.isHeld() ? "held" : "BROKEN";
          out.println(
              String.join(
                  "\t",
                  fault.name(),
                  server,
                  verdict,
                  trial.how(),
                  trial.neighbour(),
                  trial.left()));
          System.out.printf(
              "%-20s %-12s %-7s %s%n",
              fault.name(), server, verdict, trial.isHeld() ? trial.neighbour() : trial.how());
        }
      }
    }
    System.out.println("\nall figures: " + file.toAbsolutePath());
  }
}
