package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are played concurrently against the server under test.
 *
 * @param order the connection that sends a part next; the others send at the end
 * @param apart whether the next part is sent only after the server has read the one before
 * @param control a line that must pass for this case to be meaningful
 */
record SocketCase(
    Arena arena, List<Line> lines, List<Integer> order, boolean apart, @Nullable Line control)
    implements Case {

  private static final String ALONE =
      "add .alone() to a transcript whose answers depend on what other sessions do";

  static SocketCase of(Arena arena, Line line) {
    return new SocketCase(arena, List.of(line), List.of(), true, null);
  }

  @Override
  public @Nullable Trouble play() {
    return play(new ArrayList<>());
  }

  /**
   * Plays the case.
   *
   * @param rests receives the bytes after the expected ones, one entry per line
   */
  @Nullable Trouble play(List<String> rests) {
    Dialog dialog = new Dialog();
    List<Talk> talks = new ArrayList<>();
    try {
      for (int i = 0; i < lines.size(); i++) {
        talks.add(new Talk(lines.get(i), lines.size() == 1 ? "" : "" + (i + 1), arena, dialog));
      }
      talk(talks);
      talks.forEach(talk -> rests.add(talk.rest()));
      return null;
    } catch (Talk.Wrong wrong) {
      return trouble(wrong, talks, dialog);
    } finally {
      talks.forEach(Talk::close);
    }
  }

  private void talk(List<Talk> talks) throws Talk.Wrong {
    int left = talks.stream().mapToInt(Talk::partsLeft).sum();
    for (int index : order) {
      if (talks.get(index).partsLeft() > 0) {
        left--;
        talks.get(index).next(apart && left > 0);
      }
    }
    for (Talk talk : talks) {
      while (talk.partsLeft() > 0) {
        left--;
        talk.next(apart && left > 0);
      }
    }
    for (Talk talk : talks) {
      talk.finish();
    }
  }

  private Trouble trouble(Talk.Wrong wrong, List<Talk> talks, Dialog dialog) {
    boolean isDefect = wrong.way().startsWith("thrown") || wrong.isFatal();
    Trouble trouble = trouble(wrong, talks, arena, subject(), dialog);
    if (lines.size() == 1 || isDefect || trouble.way().startsWith("thrown")) {
      return trouble;
    }
    dialog.line("hint", ALONE, "");
    return new Trouble(trouble.way(), trouble.subject(), dialog.lines(), trouble.isFatal());
  }

  static Trouble trouble(
      Talk.Wrong wrong, List<Talk> talks, Arena arena, String subject, Dialog dialog) {
    String way = wrong.way();
    if (!way.startsWith("thrown") && !wrong.isFatal()) {
      try {
        for (Talk talk : talks) {
          talk.letEnd();
          talk.checkDefect();
        }
      } catch (Talk.Wrong defect) {
        way = defect.way();
      }
    }
    if (way.endsWith("within ")) {
      arena.renew(); // a hanging session must not affect other cases
    }
    return new Trouble(way, subject, dialog.lines(), wrong.isFatal());
  }

  private String subject() {
    List<String> subjects = lines.stream().map(Line::subject).distinct().toList();
    return String.join(" beside ", subjects)
        + (lines.size() > subjects.size() ? ", " + lines.size() + " sessions" : "");
  }

  @Override
  public boolean isSound() {
    return control == null || SocketCase.of(arena, control).play() == null;
  }

  @Override
  public Stream<Case> smaller() {
    Stream<Case> fewerLines =
        Smaller.ranges(lines.size())
            .filter(range -> range.to() - range.from() < lines.size())
            .map(this::withoutLines);
    return Stream.concat(fewerLines, IntStream.range(0, lines.size()).boxed().flatMap(this::less));
  }

  private SocketCase withoutLines(Smaller.Range range) {
    int gone = range.to() - range.from();
    List<Integer> others =
        order.stream()
            .filter(i -> i < range.from() || i >= range.to())
            .map(i -> i < range.from() ? i : i - gone)
            .toList();
    return new SocketCase(arena, Smaller.without(lines, range), others, apart, null);
  }

  private Stream<Case> less(int index) {
    return Smaller.of(lines.get(index))
        .map(
            line -> {
              List<Line> all = new ArrayList<>(lines);
              all.set(index, line.line());
              return new SocketCase(arena, List.copyOf(all), order, apart, line.control());
            });
  }
}
