package bench.plot;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Finds heights for labels, near the wanted ones, so that no label covers another. */
final class Labels {

  private Labels() {}

  /**
   * Returns the heights in the same order, each as near to the wanted one as possible.
   *
   * @param apart the least distance between two
   */
  static double[] apart(double[] wanted, double apart, double top, double bottom) {
    Integer[] fromTop =
        IntStream.range(0, wanted.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> wanted[i]))
            .toArray(Integer[]::new);
    double[] heights = Arrays.copyOf(wanted, wanted.length);
    // Each pass moves labels that are too close to each other apart by the same distance.
    for (int pass = 0; pass < 500; pass++) {
      for (int i = 1; i < fromTop.length; i++) {
        double lacking = apart - (heights[fromTop[i]] - heights[fromTop[i - 1]]);
        if (lacking > 0) {
          heights[fromTop[i - 1]] = Math.max(top, heights[fromTop[i - 1]] - lacking / 2);
          heights[fromTop[i]] = Math.min(bottom, heights[fromTop[i]] + lacking / 2);
        }
      }
    }
    return heights;
  }
}
