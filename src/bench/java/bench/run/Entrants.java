package bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Finds the servers that can run here, by trying those that do not run everywhere. */
final class Entrants {

  /** The exit code of a server if this JVM or system lacks a feature that it needs. */
  private static final int CANNOT = 3;

  private final Home home;
  private final Processors processors;
  private final Results results;

  Entrants(Home home, Processors processors, Results results) {
    this.home = home;
    this.processors = processors;
    this.results = results;
  }

  /**
   * Returns the servers that can run here.
   *
   * @throws IllegalArgumentException if none can
   */
  List<Stack> of(List<Stack> asked) throws IOException {
    List<Stack> stacks = new ArrayList<>();
    for (Stack each : asked) {
      String reason = each.mayBeMissing() ? tried(each) : null;
      if (reason == null) {
        stacks.add(each);
      } else {
        System.out.println(each.title + " left out: " + reason);
        results.fact(each.title + " left out: " + reason);
      }
    }
    if (stacks.isEmpty()) {
      throw new IllegalArgumentException("servers: none can run here");
    }
    return stacks;
  }

  /** Returns why a server cannot run, or null if it can. */
  private String tried(Stack stack) throws IOException {
    if (stack == Stack.C_FLOOR) {
      return compiled();
    }
    try (Server server = Server.start(stack, home, processors, 1)) {
      return server.port > 0 ? null : "it has no port";
    } catch (ChildException e) {
      if (e.code != CANNOT) {
        throw e;
      }
      return e.output.lines().findFirst().orElse("no reason given");
    }
  }

  private String compiled() throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      return "epoll is of Linux";
    }
    if (!Processors.found("cc")) {
      return "cc not found";
    }
    List<String> command =
        List.of("cc", "-O2", "-pthread", "-o", home.floor() + "", home.floorSource() + "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(home.results().resolve("cc.err").toFile())
            .start();
    int code = process.onExit().join().exitValue();
    return code == 0
        ? null
        : "cc: " + Files.readString(home.results().resolve("cc.err")).lines().findFirst();
  }
}
