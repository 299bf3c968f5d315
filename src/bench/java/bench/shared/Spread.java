package bench.shared;

import java.util.List;

/** The median, the least and the greatest of the values that several rounds measured. */
public record Spread(double median, double least, double most) {

  /** Returns the spread of at least one round. */
  public static Spread of(List<Double> rounds) {
    double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int last = sorted.length - 1;
    double median = (sorted[last / 2] + sorted[(last + 1) / 2]) / 2;
    return new Spread(median, sorted[0], sorted[last]);
  }
}
