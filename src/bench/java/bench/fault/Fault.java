package bench.fault;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to be a bad peer, or bad luck, and what a server of greetings owes then.
 *
 * @param name for the command line
 * @param rule what it owes, beside that a quiet neighbour is served and nothing is left over
 * @param descriptors how many the server may have; 0 for as many as this process
 * @param endsTheServer whether there is no neighbour to serve, and nobody who could hold anything
 * @param injection does it, and throws a BrokenException if the rule is broken
 */
record Fault(
    String name, String rule, int descriptors, boolean endsTheServer, Injection injection) {

  /** Injects a fault into a server that runs. */
  interface Injection {
    void into(Subject subject) throws Exception;
  }

  Fault(String name, String rule, Injection injection) {
    this(name, rule, 0, false, injection);
  }

  Fault(String name, String rule, int descriptors, Injection injection) {
    this(name, rule, descriptors, false, injection);
  }

  static Fault ofItsOwn(String name, String rule, Injection injection) {
    return new Fault(name, rule, 0, true, injection);
  }

  /** All of them. */
  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    all.addAll(FrameFaults.ALL);
    all.addAll(SlowFaults.ALL);
    all.addAll(ConnectionFaults.ALL);
    all.addAll(ProcessFaults.ALL);
    all.addAll(CombinedFaults.ALL);
    return List.copyOf(all);
  }

  static void check(boolean holds, String how, Object... with) throws BrokenException {
    if (!holds) {
      throw new BrokenException(String.format(how, with));
    }
  }
}
