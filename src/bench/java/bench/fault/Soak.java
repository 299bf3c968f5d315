package bench.fault;

import bench.shared.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * threads inject faults in an order given by a seed.
 */
public final class Soak {

  /**
   * The limit for all bad peers together; the limit for one of them has its own fault, one-source.
   */
  private static final String SHARE = "listeners.greeting.limits.connections-per-address=10000";

  /**
   * The total of queued bytes is bounded, too, and the server ends the session with the largest
   * queue. A steady client that is pushed to is often at its high watermark. It must not be larger
   * than a client that never reads.
   */
  private static final List<String> LOW_WATERMARKS =
      List.of(
          "listeners.greeting.limits.outbound-high=16KiB",
          "listeners.greeting.limits.outbound-low=4KiB");

  /** With a short queue: 600 stalled readers at a time have 1,000 bytes queued each. */
  private static final List<String> ON_THREADS =
      List.of("listeners.greeting.executor-threads=3", "listeners.greeting.executor-queue=8");

  private static final int CLIENTS = 4; // for each server
  private static final int BAD_ONES = 3;

  /**
   * Faults that check all connections of their server, need it in a state that harms others, or
   * have much output queued. With much output queued, a server of stalled readers ends the session
   * with the largest queue.
   */
  private static final Set<String> OF_THEIR_OWN =
      Set.of(
          "killed-client",
          "no-descriptors",
          "one-source",
          "all-at-once",
          "endless-lines",
          "slow-but-steady");

  private final Path clone;
  private final List<SoakedServer> servers;
  private final long until;
  private final List<String> broken = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, AtomicInteger> injected = Collections.synchronizedMap(new TreeMap<>());

  private Soak(Path clone, List<SoakedServer> servers, double minutes) {
    this.clone = clone;
    this.servers = servers;
    until = System.nanoTime() + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
  }

  public static void main(String[] args) throws Exception {
    if (!areRight(args)) {
      System.err.println(
          "arguments: "
              + String.join(" ", args)
              + " (expected: MINUTES [SEED]; see soak.sh --help)");
      System.exit(2);
    }
    double minutes = Double.parseDouble(args[0]);
    long seed = args.length == 2 ? Long.parseLong(args[1]) : System.nanoTime() % 1_000_000;
    System.out.printf("soak: minutes=%s seed=%d%n", args[0], seed);
    Path clone = Path.of(System.getProperty("bench.home"));
    boolean passed;
    try (SoakedServer loops = new SoakedServer("on the loops", clone, settings(List.of()));
        SoakedServer threads = new SoakedServer("on threads", clone, settings(ON_THREADS))) {
      passed = new Soak(clone, List.of(loops, threads), minutes).run(seed);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(70);
      return;
    }
    System.out.println(passed ? "PASSED" : "NOT PASSED");
    System.exit(passed ? 0 : 1);
  }

  private static List<String> settings(List<String> more) {
    List<String> settings = new ArrayList<>(LOW_WATERMARKS);
    settings.add(SHARE);
    settings.addAll(more);
    return settings;
  }

  private static boolean areRight(String[] args) {
    return args.length > 0
        && args[0].matches("\\d{1,6}(\\.\\d{1,6})?")
        && (args.length == 1 || args.length == 2 && args[1].matches("\\d{1,18}"));
  }

  private boolean run(long seed) throws Exception {
    Map<SoakedServer, List<SteadyClient>> clients = new LinkedHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (SoakedServer server : servers) {
      List<SteadyClient> its = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(seed + threads.size());
        SteadyClient client = new SteadyClient(server.subject(), random, this::isOver);
        its.add(client);
        threads.add(new Thread(client, "client " + threads.size()));
      }
      clients.put(server, its);
    }
    for (int i = 0; i < BAD_ONES; i++) {
      Random random = new Random(seed + 1000 + i);
      threads.add(new Thread(() -> injectOn(random), "bad one " + i));
    }
    Random random = new Random(seed + 2000);
    threads.add(new Thread(() -> tryOn(random), "other servers"));
    threads.forEach(Thread::start);
    while (!isOver()) {
      Progress.show("soak: " + Progress.left((until - System.nanoTime()) / 1e9));
      TimeUnit.SECONDS.sleep(1);
    }
    Progress.show("soak: waiting for the last answers and faults");
    for (Thread thread : threads) {
      thread.join();
    }
    Progress.clear();
    System.out.println("faults injected: " + injected);
    for (SoakedServer server : servers) {
      server.check(clients.get(server), broken::add);
    }
    broken.forEach(each -> System.out.println("broken: " + each));
    if (!broken.isEmpty()) {
      for (SoakedServer server : servers) {
        server.printLog();
      }
    }
    return broken.isEmpty();
  }

  private boolean isOver() {
    return System.nanoTime() - until >= 0;
  }

  private void injectOn(Random random) {
    List<Fault> faults = new ArrayList<>(faults(each -> !isOfItsOwn(each)));
    faults.addAll(PushFaults.ALL);
    faults.addAll(PushFaults.ALL); // twice as often
    while (!isOver()) {
      Fault fault = faults.get(random.nextInt(faults.size()));
      SoakedServer server = servers.get(random.nextInt(servers.size()));
      try {
        fault.injection().into(server.subject());
      } catch (Exception e) {
        broken.add(server + ": " + fault.name() + ": " + e.getMessage());
      }
      count(fault);
    }
  }

  /** Runs the faults that need servers of their own, one after the other. */
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
