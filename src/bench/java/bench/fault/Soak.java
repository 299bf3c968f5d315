package bench.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The command behind soak.sh: for some minutes steady clients ask, count and compare, while other
 * threads inject faults in an order that a seed gives.
 */
public final class Soak {

  private static final String USAGE =
      """
      usage: soak.sh MINUTES [SEED]
      Soaks Parley, on a heap of 64 MiB, in faults: steady clients count what they ask and what is
      answered, the server counts what it answers, others are bad peers in an order that SEED
      gives. Faults that end a server, or need all its places, are injected into others beside it.
      Prints a verdict with figures.
      MINUTES may have a fraction, such as 0.5.

      Exit codes: 0 passed, 1 not, 2 usage, 70 the server cannot be started.
      """;

  /** Of all bad peers together; what one of them may have is a fault of its own, one-source. */
  private static final String SHARE = "listeners.greeting.limits.connections-per-address=10000";

  private static final int CLIENTS = 8;
  private static final int BAD_ONES = 3;

  /**
   * They look at all connections of their server, need it as it should not be for others, or have
   * much that waits to be sent, of which a server of stalled readers has the largest cut.
   */
  private static final Set<String> OF_THEIR_OWN =
      Set.of(
          "killed-client",
          "no-descriptors",
          "one-source",
          "all-at-once",
          "endless-lines",
          "slow-but-steady");

  private final CountingHome home;
  private final Path clone;
  private final Subject subject;
  private final long until;
  private final List<String> broken = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, AtomicInteger> injected = Collections.synchronizedMap(new TreeMap<>());

  private Soak(CountingHome home, Path clone, Subject subject, double minutes) {
    this.home = home;
    this.clone = clone;
    this.subject = subject;
    until = System.nanoTime() + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
  }

  public static void main(String[] args) throws Exception {
    if (!areRight(args)) {
      boolean help = args.length == 1 && args[0].equals("--help");
      (help ? System.out : System.err).print(USAGE);
      System.exit(help ? 0 : 2);
    }
    double minutes = Double.parseDouble(args[0]);
    long seed = args.length == 2 ? Long.parseLong(args[1]) : System.nanoTime() % 1_000_000;
    System.out.printf("soak: minutes=%s seed=%d%n", args[0], seed);
    Path clone = Path.of(System.getProperty("bench.home"));
    boolean passed;
    try (CountingHome home = new CountingHome(clone);
        Subject subject = new Subject("parley", home.folder(), Needs.settings(SHARE))) {
      passed = new Soak(home, clone, subject, minutes).run(seed);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(70);
      return;
    }
    System.out.println(passed ? "PASSED" : "NOT PASSED");
    System.exit(passed ? 0 : 1);
  }

  private static boolean areRight(String[] args) {
    return args.length > 0
        && args[0].matches("\\d{1,6}(\\.\\d{1,6})?")
        && (args.length == 1 || args.length == 2 && args[1].matches("\\d{1,18}"));
  }

  private boolean run(long seed) throws Exception {
    List<SteadyClient> clients = new ArrayList<>();
    try (Neighbour neighbour = new Neighbour(subject)) {
      Subject.Holding before = subject.holding();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        SteadyClient client = new SteadyClient(subject, new Random(seed + i), this::isOver);
        clients.add(client);
        threads.add(new Thread(client, "client " + i));
      }
      for (int i = 0; i < BAD_ONES; i++) {
        Random random = new Random(seed + 1000 + i);
        threads.add(new Thread(() -> injectOn(random), "bad one " + i));
      }
      Random random = new Random(seed + 2000);
      threads.add(new Thread(() -> tryOn(random), "other servers"));
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      try {
        neighbour.check();
      } catch (BrokenException e) {
        broken.add(e.getMessage());
      }
      print(clients, neighbour);
      Subject.Holding after = Trial.settled(subject, before);
      System.out.println("held: " + before + " -> " + after);
      if (!after.isBackAt(before)) {
        broken.add("left over");
      }
    }
    System.out.printf("log: %d bytes%n", subject.logBytes());
    broken.forEach(each -> System.out.println("broken: " + each));
    return broken.isEmpty();
  }

  private void print(List<SteadyClient> clients, Neighbour neighbour) throws IOException {
    long asked = 0;
    long answered = 0;
    for (SteadyClient each : clients) {
      asked += each.asked();
      answered += each.answered();
      if (each.broken() != null) {
        broken.add("client: " + each.broken());
      }
    }
    long handled = home.handled();
    System.out.printf(
        "requests=%d answered by the server=%d answers=%d lost or swapped=%d%n",
        asked, handled, answered, asked - answered);
    System.out.println("faults injected: " + injected);
    System.out.println("neighbour, median/p99 before -> during: " + neighbour);
    if (asked != answered) {
      broken.add("requests without their answer: " + (asked - answered));
    }
    if (handled != answered) {
      broken.add("answered by the server, but not at the clients: " + (handled - answered));
    }
  }

  private boolean isOver() {
    return System.nanoTime() - until >= 0;
  }

  private void injectOn(Random random) {
    List<Fault> faults = faults(each -> !isOfItsOwn(each));
    while (!isOver()) {
      Fault fault = faults.get(random.nextInt(faults.size()));
      try {
        fault.injection().into(subject);
      } catch (Exception e) {
        broken.add(fault.name() + ": " + e.getMessage());
      }
      count(fault);
    }
  }

  /** Servers of their own, one after the other. */
  private void tryOn(Random random) {
    List<Fault> faults = faults(Soak::isOfItsOwn);
    while (!isOver()) {
      Fault fault = faults.get(random.nextInt(faults.size()));
      try {
        Trial trial = Trial.of(fault, "parley", clone);
        if (!trial.isHeld()) {
          broken.add(fault.name() + ": " + trial.how());
        }
      } catch (Exception e) {
        broken.add(fault.name() + ": " + e.getMessage());
      }
      count(fault);
    }
  }

  private static List<Fault> faults(Predicate<Fault> which) {
    return Fault.all().stream().filter(which).toList();
  }

  private static boolean isOfItsOwn(Fault fault) {
    return fault.needs().noNeighbour() || OF_THEIR_OWN.contains(fault.name());
  }

  private void count(Fault fault) {
    injected.computeIfAbsent(fault.name(), name -> new AtomicInteger()).incrementAndGet();
  }
}
