package bench.fault;

import java.util.ArrayList;
import java.util.List;

/**
 * A fault that a bad peer or bad luck causes, and the behaviour that a greeting server must show.
 *
 * @param name for the command line
 * @param rule the required behaviour of the server; besides, a quiet neighbour is served and
 *     nothing is left over
 * @param needs the ways in which its server differs from the default
 * @param injection injects the fault, and throws a BrokenException if the rule is broken
 */
record Fault(String name, String rule, Needs needs, Injection injection) {

  /** Injects a fault into a running server. */
  interface Injection {
    void into(Subject subject) throws Exception;
  }

  Fault(String name, String rule, Injection injection) {
    this(name, rule, Needs.NOTHING, injection);
  }

  /** Returns all faults. */
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
