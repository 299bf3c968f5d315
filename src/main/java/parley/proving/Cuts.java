package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Places to cut bytes at, ascending: 1 is behind the first byte. */
final class Cuts {

  /** Up to so many bytes are cut behind each; of more, only the first and the last ones are. */
  private static final int ALL = 4096;

  private static final int ENDS = 64;

  private Cuts() {}

  /** Behind each byte, the last one too. */
  static List<Integer> each(int length) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 1; at <= length; at++) {
      if (length <= ALL || at <= ENDS || at > length - ENDS) {
        cuts.add(at);
      }
    }
    return cuts;
  }

  /** Behind each of the last bytes. */
  static List<Integer> last(int length, int count) {
    return each(length).stream().filter(at -> at >= length - count).toList();
  }

  /** All places within so many bytes, or that many of them, evenly, if there are more. */
  static List<Integer> within(int length, int most) {
    TreeSet<Integer> places = new TreeSet<>();
    int count = Math.min(length - 1, most);
    for (int i = 1; i <= count; i++) {
      places.add((int) ((long) i * (length - 1) / count));
    }
    return List.copyOf(places);
  }

  /** A few at random. */
  static List<Integer> some(int length, int most, Random random) {
    TreeSet<Integer> places = new TreeSet<>();
    for (int i = random.nextInt(most + 1); i > 0 && length > 1; i--) {
      places.add(1 + random.nextInt(length - 1));
    }
    return List.copyOf(places);
  }

  /** The same places after the bytes from {@code from} to {@code to} were taken out. */
  static List<Integer> withoutRange(List<Integer> cuts, int from, int to) {
    TreeSet<Integer> left = new TreeSet<>();
    for (int at : cuts) {
      left.add(at <= from ? at : Math.max(from, at - (to - from)));
    }
    left.remove(0);
    return List.copyOf(left);
  }
}
