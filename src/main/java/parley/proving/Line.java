package parley.proving;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a case: what its client sends and how, and what must come.
 *
 * @param subject what a failure calls it
 * @param inStep the client sends on when it has the answer
 * @param hasty the client ends its side at once behind its last byte
 * @param closed the server must end the connection by itself
 * @param rest what may come in the place of an end
 * @param never what must not follow it
 */
record Line(
    String subject,
    Expected banner,
    List<Turn> turns,
    boolean inStep,
    boolean hasty,
    boolean closed,
    Rest rest,
    @Nullable String never) {

  /** What else than just the expected is right. */
  enum Rest {
    /** Nothing. */
    NONE,
    /** Anything behind it. */
    ANY,
    /** More and more behind it, until the client closes. */
    ENDLESS,
    /** A part of it. */
    LESS
  }

  /** Of {@link Part#answers}: nothing is awaited. */
  static final int NONE = -1;

  /** What is sent in one write, and how many answers must have come before more is sent. */
  record Part(String bytes, int answers) {}

  /** A client that sends what it likes and ends its side; anything may come back. */
  Line garbage(String bytes, List<Integer> cuts) {
    Turn turn = new Turn(bytes, cuts, Expected.NOTHING);
    Rest any = rest == Rest.ENDLESS ? rest : Rest.ANY;
    return new Line("garbage", banner, List.of(turn), false, true, false, any, null);
  }

  Line turns(List<Turn> others) {
    return new Line(subject, banner, others, inStep, hasty, closed, rest, never);
  }

  Line inStep(boolean value) {
    return new Line(subject, banner, turns, value, hasty, closed, rest, never);
  }

  Line hasty(boolean value) {
    return new Line(subject, banner, turns, inStep, value, closed, rest, never);
  }

  Line closed(boolean value) {
    return new Line(subject, banner, turns, inStep, hasty, value, rest, never);
  }

  Line rest(Rest value) {
    return new Line(subject, banner, turns, inStep, hasty, closed, value, never);
  }

  /** The same, but {@code raw} must not come behind what is expected. */
  Line never(String raw) {
    return new Line(subject, banner, turns, inStep, hasty, closed, rest, raw);
  }

  /** The same, and {@code rest} must come behind all that was expected. */
  Line endsWith(String more) {
    Turn last = turns.get(turns.size() - 1);
    Expected all = last.expected().then(Expected.literal(more));
    return turn(turns.size() - 1, new Turn(last.sent(), last.cuts(), all)).rest(Rest.NONE);
  }

  /** The same with another turn in the place of one. */
  Line turn(int index, Turn other) {
    List<Turn> all = new ArrayList<>(turns);
    all.set(index, other);
    return turns(List.copyOf(all));
  }

  Line withoutTurn(int index) {
    List<Turn> left = new ArrayList<>(turns);
    left.remove(index);
    return turns(List.copyOf(left));
  }

  /** Each byte by itself. */
  Line byteByByte() {
    return turns(turns.stream().map(turn -> turn.cut(Cuts.each(turn.sent().length()))).toList());
  }

  Line uncut() {
    return turns(turns.stream().map(turn -> turn.cut(List.of())).toList());
  }

  /** As it is written: each turn whole, and its answer awaited. */
  Line plain() {
    return uncut().inStep(true).hasty(false);
  }

  boolean isCut() {
    return turns.stream().anyMatch(turn -> !turn.cuts().isEmpty());
  }

  /** How many answers there are: the banner, and one a turn; some of nothing. */
  int answers() {
    return turns.size() + 1;
  }

  /** What must come at a place: 0 is the banner. */
  Expected answer(int index) {
    return index == 0 ? banner : turns.get(index - 1).expected();
  }

  /** What must come from one place to before another. */
  Expected answers(int from, int to) {
    Expected all = Expected.NOTHING;
    for (int i = from; i < to; i++) {
      all = all.then(answer(i));
    }
    return all;
  }

  /** All that the client sends. */
  String sent() {
    return String.join("", turns.stream().map(Turn::sent).toList());
  }

  /** All that must come. */
  Expected expected() {
    return answers(0, answers());
  }

  /** What the client writes, one after another. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    if (inStep) {
      parts.add(new Part("", 1));
    }
    StringBuilder open = new StringBuilder();
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      int from = 0;
      for (int cut : turn.cuts()) {
        open.append(turn.sent(), from, cut);
        from = cut;
        flush(open, parts);
      }
      open.append(turn.sent(), from, turn.sent().length());
      if (inStep && !(hasty && i == turns.size() - 1)) {
        parts.add(new Part(open.toString(), i + 2));
        open.setLength(0);
      }
    }
    flush(open, parts);
    return parts;
  }

  private static void flush(StringBuilder open, List<Part> parts) {
    if (!open.isEmpty()) {
      parts.add(new Part(open.toString(), NONE));
      open.setLength(0);
    }
  }
}
