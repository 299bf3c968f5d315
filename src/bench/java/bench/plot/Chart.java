package bench.plot;

import bench.shared.Spread;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The content of one picture: a line for each server over a few places, with a mark for each median
 * and a whisker from the least to the greatest.
 *
 * @param name of the file, without its extension
 * @param yTitle the measured quantity, with its unit
 * @param xTitle the meaning of the places
 * @param places the places, from left to right
 * @param series the values of each server at its places, by their index, in the order of the legend
 * @param note the line at the bottom
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
   * @param at its position; the distances count, not the values
   * @param label the text below it
   * @param more the text below that, or empty
   */
  record Place(double at, String label, String more) {}

  /** Returns the axis that all values and whiskers fit on. */
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

  /** Returns the values in words, for readers who cannot see the picture. */
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
