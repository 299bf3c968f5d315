package parley.proving;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a case: the bytes that its client sends, and the bytes that it must receive.
 *
 * @param subject the name in failures
 * @param inStep whether the client waits for each answer before it sends more
 * @param hasty whether the client ends its side right after its last byte
 * @param closed whether the server must close the connection by itself
 * @param rest which bytes may follow the expected ones
 * @param never bytes that must not follow the expected ones
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

  /** The bytes that are accepted as well as the expected ones. */
  enum Rest {
    /** None. */
    NONE,
    /** Any further bytes. */
    ANY,
    /** Endless further bytes, until the client closes. */
    ENDLESS,
    /** A part of the expected bytes. */
    LESS
  }

  /** For {@link Part#answers}: the client does not wait. */
  static final int NONE = -1;

  /** The bytes of one write, and how many answers must have come before the next one. */
  record Part(String bytes, int answers) {}

  /** Returns a client that sends garbage and ends its side; it may receive anything. */
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

  /** Returns a copy in which {@code raw} must not follow the expected bytes. */
  Line never(String raw) {
    return new Line(subject, banner, turns, inStep, hasty, closed, rest, raw);
  }

  /** Returns a copy in which {@code rest} must follow all expected bytes. */
  Line endsWith(String more) {
    Turn last = turns.get(turns.size() - 1);
    Expected all = last.expected().then(Expected.literal(more));
    return turn(turns.size() - 1, new Turn(last.sent(), last.cuts(), all)).rest(Rest.NONE);
  }

  /** Returns a copy in which one turn is replaced. */
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

  /** Returns a copy that sends each byte by itself. */
  Line byteByByte() {
    return turns(turns.stream().map(turn -> turn.cut(Cuts.each(turn.sent().length()))).toList());
  }

  Line uncut() {
    return turns(turns.stream().map(turn -> turn.cut(List.of())).toList());
  }

  /**
   * Returns a copy that sends each turn whole and waits for its answer, as the transcript has it.
   */
  Line plain() {
    return uncut().inStep(true).hasty(false);
  }

  boolean isCut() {
    return turns.stream().anyMatch(turn -> !turn.cuts().isEmpty());
  }

  /** Returns the number of answers: the banner, and one per turn. Some of them are empty. */
  int answers() {
    return turns.size() + 1;
  }

  /** Returns the expected bytes of one answer; 0 is the banner. */
  Expected answer(int index) {
    return index == 0 ? banner : turns.get(index - 1).expected();
  }

  /** Returns the expected bytes of the answers in a range; the end is exclusive. */
  Expected answers(int from, int to) {
    Expected all = Expected.NOTHING;
    for (int i = from; i < to; i++) {
      all = all.then(answer(i));
    }
    return all;
  }

  /** Returns all bytes that the client sends. */
  String sent() {
    return String.join("", turns.stream().map(Turn::sent).toList());
  }

  /** Returns all bytes that the client must receive. */
  Expected expected() {
    return answers(0, answers());
  }

  /** Returns the client's writes in order. */
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
