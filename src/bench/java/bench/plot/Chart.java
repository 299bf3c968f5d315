package bench.plot;

import bench.shared.Spread;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What one picture shows: a line for each server over a few places, with a mark for each median and
 * a whisker from the least to the most.
 *
 * @param name of the file, without its ending
 * @param yTitle what is measured, with its unit
 * @param xTitle what the places are
 * @param places the places, from left to right
 * @param series what each server has at its places, by their index, in the order of the legend
 * @param note the line at the foot
 */
record Chart(
    String name,
    String title,
    String yTitle,
    String xTitle,
    Unit unit,
    List<Place> places,
    Map<Stack, SortedMap<Integer, Spread>> series,
    String note) {

  /**
   * A place on the horizontal axis.
   *
   * @param at where it stands; the distances count, not the values
   * @param label what stands below it
   * @param more what stands below that, or nothing
   */
  record Place(double at, String label, String more) {}

  /** The axis that all values and whiskers fit on. */
  Scale scale() {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Map<Integer, Spread> line : series.values()) {
      for (Spread each : line.values()) {
        least = Math.min(least, each.least());
        most = Math.max(most, each.most());
      }
    }
    return Scale.of(least, most);
  }

  /** The values in words, for who cannot see them. */
  String description() {
    StringBuilder text = new StringBuilder(yTitle).append(", medians. ");
    series.forEach(
        (stack, line) -> {
          text.append(stack.label()).append(':');
          line.forEach(
              (place, each) ->
                  text.append(place.equals(line.firstKey()) ? " " : ", ")
                      .append(unit.of(each.median()))
                      .append(" at ")
                      .append(places.get(place).label()));
          text.append(". ");
        });
    return text.append(note).toString();
  }
}
