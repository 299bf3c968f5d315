package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Removes parts of a list, of bytes or of a line: large parts first, then smaller ones. */
final class Smaller {

  /** A smaller line, and a line that must pass for the smaller one to be meaningful. */
  record Sized(Line line, @Nullable Line control) {}

  /** A range of bytes; the end is exclusive. */
  record Range(int from, int to) {}

  private Smaller() {}

  /** Returns the ranges to remove from a length: all, halves, quarters, down to single ones. */
  static Stream<Range> ranges(int length) {
    List<Range> ranges = new ArrayList<>();
    for (int size = length; size > 0; size /= 2) {
      for (int from = 0; from < length; from += size) {
        ranges.add(new Range(from, Math.min(length, from + size)));
      }
    }
    return ranges.stream();
  }

  /** Returns a list without such ranges. */
  static <T> Stream<List<T>> lists(List<T> list) {
    return ranges(list.size()).map(range -> without(list, range));
  }

  static <T> List<T> without(List<T> list, Range range) {
    List<T> left = new ArrayList<>(list.subList(0, range.from()));
    left.addAll(list.subList(range.to(), list.size()));
    return left;
  }

  static String without(String raw, Range range) {
    return raw.substring(0, range.from()) + raw.substring(range.to());
  }

  /** Returns a line with fewer turns or fewer cuts; garbage with fewer bytes. */
  static Stream<Sized> of(Line line) {
    boolean free = line.rest() == Line.Rest.ANY && line.hasty() && line.turns().size() == 1;
    return Stream.concat(
        fewerTurns(line), Stream.concat(fewerCuts(line), free ? fewerBytes(line) : Stream.empty()));
  }

  private static Stream<Sized> fewerTurns(Line line) {
    int count = line.turns().size();
    if (count < 2) {
      return Stream.empty();
    }
    if (line.inStep()
        && !line.isCut()
        && !line.hasty()) { // nothing simpler could serve as a control
      return Stream.of(new Sized(line.withoutTurn(count - 1).closed(false), null));
    }
    return IntStream.range(0, line.closed() ? count - 1 : count)
        .mapToObj(line::withoutTurn)
        .map(left -> new Sized(left, left.plain()));
  }

  private static Stream<Sized> fewerCuts(Line line) {
    return IntStream.range(0, line.turns().size())
        .boxed()
        .flatMap(
            i -> {
              Turn turn = line.turns().get(i);
              return lists(turn.cuts()).map(cuts -> new Sized(line.turn(i, turn.cut(cuts)), null));
            });
  }

  private static Stream<Sized> fewerBytes(Line line) {
    Turn turn = line.turns().get(0);
    return ranges(turn.sent().length())
        .map(
            range -> {
              List<Integer> cuts = Cuts.withoutRange(turn.cuts(), range.from(), range.to());
              Turn less = new Turn(without(turn.sent(), range), cuts, turn.expected());
              return new Sized(line.turn(0, less), null);
            });
  }
}
