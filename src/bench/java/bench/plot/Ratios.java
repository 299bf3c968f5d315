package bench.plot;

import bench.shared.AskedRate;
import bench.shared.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The targets that Parley must reach, as ratios within one run, next to the measured ratios. */
final class Ratios {

  private static final String RATE = "rate";
  private static final String PARLEY = "parley";
  private static final String HANDLER = "parley-handler";
  private static final String FLOOR = "c-floor";
  private static final List<String> NETTY = List.of("netty-nio", "netty-epoll");
  private static final List<String> PEERS =
      List.of("netty-nio", "netty-epoll", "vertx", "virtual-threads", "mina");

  private record Median(String server, double value) {}

  /**
   * The lowest permitted ratios of a rate: to Netty and Vert.x, virtual threads, MINA and the
   * floor.
   */
  private record Target(String work, String form, double... least) {}

  private static final List<Target> TARGETS =
      List.of(
          new Target("64x1", PARLEY, 1.05, 1.4, 1.1, 0.9),
          new Target("64x1", HANDLER, 1.05, 1.4, 1.1, 0.9),
          new Target("64x16", PARLEY, 1.8, 1.5, 11, 0.8),
          new Target("64x16", HANDLER, 1.5, 1.1, 9, 0.6),
          new Target("16x128", PARLEY, 5, 1.3, 50, 0.55),
          new Target("16x128", HANDLER, 3, 0.8, 30, 0.35),
          new Target("connects", PARLEY, 1.1, 1.1, 1.1, 0.7),
          new Target("connects", HANDLER, 1.1, 1.1, 1.1, 0.7));

  private final Results results;
  private final List<List<String>> rows = new ArrayList<>();

  private Ratios(Results results) {
    this.results = results;
  }

  /** Returns the ratios of Parley's rates to its peers'. */
  static Table rates(Results results) {
    boolean floorInC =
        TARGETS.stream().anyMatch(each -> results.of(each.work(), FLOOR, RATE).isPresent());
    String floor = floorInC ? FLOOR : "nio-floor";
    List<List<String>> peers =
        List.of(
            List.of("netty-nio", "netty-epoll", "vertx"),
            List.of("virtual-threads"),
            List.of("mina"),
            List.of(floor));
    Ratios ratios = new Ratios(results);
    TARGETS.forEach(target -> ratios.add(target, peers));
    List<String> heads =
        List.of(
            "work, form",
            "to the best of Netty and Vert.x",
            "to virtual threads",
            "to stock MINA",
            "to the " + Stack.of(floor).label());
    return new Table("Ratios of rates", heads, ratios.rows, Ratio.LEGEND);
  }

  private void add(Target target, List<List<String>> peers) {
    List<String> row = new ArrayList<>();
    row.add(target.work() + ", " + Stack.of(target.form()).label());
    for (int i = 0; i < peers.size(); i++) {
      Optional<Double> best =
          medians(target.work(), RATE, peers.get(i))
              .map(Median::value)
              .max(Comparator.naturalOrder());
      Optional<Double> ratio = quotient(median(target.work(), RATE, target.form()), best);
      row.add(new Ratio(ratio, target.least()[i], false).cell());
    }
    rows.add(row);
  }

  /** Returns the other ratios: to Parley's own rate, of memory and of latency. */
  static Table others(Results results) {
    Ratios ratios = new Ratios(results);
    for (String form : List.of(PARLEY, HANDLER)) {
      ratios.toItsOwn(form);
      results.works("heap-bytes").stream()
          .filter(work -> work.startsWith("idle-"))
          .forEach(idle -> ratios.atMost(1, idle, "heap-bytes", form, List.of("netty-nio")));
      results.works("p999-us").stream()
          .filter(work -> work.startsWith("open-"))
          .forEach(open -> ratios.atMost(1, open, "p999-us", form, PEERS));
    }
    ratios.atMost(0.6, "64x16", "alloc-bytes", PARLEY, NETTY);
    List<String> heads = List.of("work, form", "figure", "beside", "ratio");
    return new Table("Other ratios", heads, ratios.rows, Ratio.LEGEND);
  }

  private void toItsOwn(String form) {
    Optional<Double> ratio = quotient(median("10000x1", RATE, form), median("64x1", RATE, form));
    String cell = new Ratio(ratio, 0.85, false).cell();
    rows.add(List.of("10000x1, " + Stack.of(form).label(), RATE, "its own 64x1", cell));
  }

  /** Adds the ratio to the lowest value among some peers. */
  private void atMost(double most, String work, String metric, String form, List<String> peers) {
    Optional<Median> least =
        medians(work, metric, peers).min(Comparator.comparingDouble(Median::value));
    Optional<Double> ratio = quotient(median(work, metric, form), least.map(Median::value));
    String beside = least.map(peer -> Stack.of(peer.server()).label()).orElse("");
    String cell = new Ratio(ratio, most, true).cell();
    rows.add(List.of(work + ", " + Stack.of(form).label(), metric, beside, cell));
  }

  private Stream<Median> medians(String work, String metric, List<String> servers) {
    return servers.stream()
        .flatMap(
            server ->
                median(work, metric, server).map(value -> new Median(server, value)).stream());
  }

  /** Returns empty for a server that did not keep the rate of an open loop. */
  private Optional<Double> median(String work, String metric, String server) {
    boolean kept =
        AskedRate.isKept(
            results.of(work, server, AskedRate.METRIC), results.of(work, server, RATE));
    return kept ? results.of(work, server, metric).map(Spread::median) : Optional.empty();
  }

  private static Optional<Double> quotient(Optional<Double> of, Optional<Double> by) {
    return of.flatMap(dividend -> by.map(divisor -> dividend / divisor));
  }
}
