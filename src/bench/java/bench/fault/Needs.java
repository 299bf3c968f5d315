package bench.fault;

import java.util.List;

/**
 * The ways in which the server of a fault differs from the default.
 *
 * @param descriptors the descriptors that it may have; 0 for as many as this process
 * @param noNeighbour whether the server is ended, so that no neighbour is served and nothing is
 *     left over
 * @param settings of Parley's conf, KEY=VALUE
 */
record Needs(int descriptors, boolean noNeighbour, List<String> settings) {

  static final Needs NOTHING = new Needs(0, false, List.of());
  static final Needs NO_NEIGHBOUR = new Needs(0, true, List.of());

  static Needs descriptors(int most) {
    return new Needs(most, false, List.of());
  }

  static Needs settings(String... keysAndValues) {
    return settings(List.of(keysAndValues));
  }

  static Needs settings(List<String> keysAndValues) {
    return new Needs(0, false, List.copyOf(keysAndValues));
  }
}
