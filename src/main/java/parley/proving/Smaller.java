package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Ways to take something away: from a list, from bytes, from a line; much first, then less. */
final class Smaller {

  /** A smaller line, and what must go well if it makes sense. */
  record Sized(Line line, @Nullable Line control) {}

  /** Bytes from one place to before another. */
  record Range(int from, int to) {}

  private Smaller() {}

  /** The stretches to take away from so many: all, halves, quarters, down to single ones. */
  static Stream<Range> ranges(int length) {
    List<Range> ranges = new ArrayList<>();
    for (int size = length; size > 0; size /= 2) {
      for (int from = 0; from < length; from += size) {
        ranges.add(new Range(from, Math.min(length, from + size)));
      }
    }
    return ranges.stream();
  }

  /** A list without such stretches of it. */
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

  /** A line with fewer turns, fewer cuts, or, of garbage, fewer bytes. */
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
    if (line.inStep() && !line.isCut() && !line.hasty()) { // nothing simpler could vouch for others
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
