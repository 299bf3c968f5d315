package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Places at which bytes are cut, ascending: 1 is after the first byte. */
final class Cuts {

  /** Up to this length, every place is cut; in a longer text only the first and the last ones. */
  private static final int ALL = 4096;

  private static final int ENDS = 64;

  private Cuts() {}

  /** Returns the place after each byte, including the last one. */
  static List<Integer> each(int length) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 1; at <= length; at++) {
      if (length <= ALL || at <= ENDS || at > length - ENDS) {
        cuts.add(at);
      }
    }
    return cuts;
  }

  /** Returns the places after each of the last bytes. */
  static List<Integer> last(int length, int count) {
    return each(length).stream().filter(at -> at >= length - count).toList();
  }

  /**
   * Returns all places within a length; if there are more than the maximum, that many, evenly
   * spread.
   */
  static List<Integer> within(int length, int most) {
    TreeSet<Integer> places = new TreeSet<>();
    int count = Math.min(length - 1, most);
    for (int i = 1; i <= count; i++) {
      places.add((int) ((long) i * (length - 1) / count));
    }
    return List.copyOf(places);
  }

  /** Returns a few random places. */
  static List<Integer> some(int length, int most, Random random) {
    TreeSet<Integer> places = new TreeSet<>();
    for (int i = random.nextInt(most + 1); i > 0 && length > 1; i--) {
      places.add(1 + random.nextInt(length - 1));
    }
    return List.copyOf(places);
  }

  /** Returns the same places after the bytes from {@code from} to {@code to} are removed. */
  static List<Integer> withoutRange(List<Integer> cuts, int from, int to) {
    TreeSet<Integer> left = new TreeSet<>();
    for (int at : cuts) {
      left.add(at <= from ? at : Math.max(from, at - (to - from)));
    }
    left.remove(0);
    return List.copyOf(left);
  }
}
