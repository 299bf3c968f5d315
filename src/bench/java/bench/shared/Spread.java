package bench.shared;

import java.util.List;

/** The median of what several rounds measured, the least and the most. */
public record Spread(double median, double least, double most) {

  /** That of one round at least. */
  public static Spread of(List<Double> rounds) {
    double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int last = sorted.length - 1;
    double median = (sorted[last / 2] + sorted[(last + 1) / 2]) / 2;
    return new Spread(median, sorted[0], sorted[last]);
  }
}
