package bench.plot;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Groups works into charts and tables. */
final class Panels {

  /** Works with more connections are of another kind, shown over connections. */
  private static final int MOST_CONNECTIONS = 64;

  private static final String RATE = "rate";

  private Panels() {}

  private static Stream<Work> closedLoops(Results results) {
    return results.works(RATE).stream().map(Work::of).flatMap(Optional::stream);
  }

  /** Returns the measured variants of closed loops, the plain one first. */
  static List<String> variants(Results results) {
    return closedLoops(results).map(Work::variant).distinct().sorted().toList();
  }

  /**
   * Returns one work for each depth, the one with the most connections up to 64; by rising depth.
   */
  static List<Work> byDepth(Results results, String variant) {
    List<Work> works =
        closedLoops(results)
            .filter(
                work -> work.variant().equals(variant) && work.connections() <= MOST_CONNECTIONS)
            .sorted(
                Comparator.comparingInt(Work::depth)
                    .thenComparing(Work::connections, Comparator.reverseOrder()))
            .toList();
    return works.stream()
        .filter(
            work ->
                works.stream()
                    .filter(each -> each.depth() == work.depth())
                    .findFirst()
                    .orElseThrow()
                    .equals(work))
        .toList();
  }

  /**
   * Returns the works with one request in flight on each connection, by rising number of
   * connections.
   */
  static List<Work> byConnections(Results results, String variant) {
    return closedLoops(results)
        .filter(work -> work.variant().equals(variant) && work.depth() == 1)
        .sorted(Comparator.comparingInt(Work::connections))
        .toList();
  }

  /** Returns the works whose latency starts when a request was due. */
  static List<String> openLoops(Results results) {
    return results.works("p50-us").stream()
        .filter(work -> work.startsWith("open-") || work.startsWith("flood"))
        .toList();
  }

  /** Returns the description of such a work. */
  static String openLoopWords(String work) {
    if (work.startsWith("flood")) {
      return "a quiet session beside a flood" + Work.words(work.substring("flood".length()));
    }
    boolean common = work.startsWith("open-common-");
    String name = work.replaceFirst("^open-(common-)?", "");
    return Work.of(name)
        .map(
            each ->
                (common ? "open loop at one rate, " : "open loop, ")
                    + each.connections()
                    + " connections x "
                    + each.depth()
                    + Work.words(each.variant()))
        .orElse("open loop, " + name);
  }
}
