package parley.proving;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as it must go: what the client sends and what comes back. Immutable: each method
 * returns another transcript. Text is UTF-8.
 *
 * <p>It is played hundreds of times against one server, at times by several clients at once, so
 * what it expects must not depend on what was there before; see {@link #alone}.
 */
public final class Transcript {

  private final String name;
  private final Expected banner;
  private final List<Turn> turns;
  private final Line.Rest rest;
  private final boolean closed;
  private final boolean inStep;
  private final boolean alone;

  private Transcript(
      String name,
      Expected banner,
      List<Turn> turns,
      Line.Rest rest,
      boolean closed,
      boolean inStep,
      boolean alone) {
    this.name = name;
    this.banner = banner;
    this.turns = turns;
    this.rest = rest;
    this.closed = closed;
    this.inStep = inStep;
    this.alone = alone;
  }

  /** An empty one; failures call it by its name. */
  public static Transcript named(String name) {
    return new Transcript(name, Expected.NOTHING, List.of(), Line.Rest.NONE, false, false, false);
  }

  /** The client sends text. */
  public Transcript sends(String text) {
    return sendsRaw(Raw.of(text));
  }

  /** The client sends bytes. */
  public Transcript sends(byte[] bytes) {
    return sendsRaw(Raw.of(bytes));
  }

  private Transcript sendsRaw(String raw) {
    List<Turn> more = new ArrayList<>(turns);
    Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
    if (last != null && last.expected() == Expected.NOTHING) {
      more.set(more.size() - 1, Turn.of(last.sent() + raw, Expected.NOTHING));
    } else {
      more.add(Turn.of(raw, Expected.NOTHING));
    }
    return new Transcript(name, banner, List.copyOf(more), rest, closed, inStep, alone);
  }

  /** The server sends text: an answer, or a banner where nothing was sent before. */
  public Transcript receives(String text) {
    return expects(Expected.literal(Raw.of(text)));
  }

  /** The server sends bytes. */
  public Transcript receives(byte[] bytes) {
    return expects(Expected.literal(Raw.of(bytes)));
  }

  /**
   * The server sends what matches a regular expression, over ISO-8859-1 text with dots that match
   * line ends: for what varies, such as a time.
   */
  public Transcript receivesMatching(String regex) {
    return expects(Expected.matching(regex));
  }

  private Transcript expects(Expected more) {
    if (turns.isEmpty()) {
      return new Transcript(name, banner.then(more), turns, rest, closed, inStep, alone);
    }
    List<Turn> all = new ArrayList<>(turns);
    Turn last = all.get(all.size() - 1);
    all.set(all.size() - 1, Turn.of(last.sent(), last.expected().then(more)));
    return new Transcript(name, banner, List.copyOf(all), rest, closed, inStep, alone);
  }

  /** Then the server ends the connection by itself. */
  public Transcript closed() {
    return new Transcript(name, banner, turns, rest, true, inStep, alone);
  }

  /** The server sends on and on, until the client closes the connection. */
  public Transcript goesOn() {
    return new Transcript(name, banner, turns, Line.Rest.ENDLESS, closed, inStep, alone);
  }

  /** The client may not send on before it has its answer: for a protocol without pipelining. */
  public Transcript inStep() {
    return new Transcript(name, banner, turns, rest, closed, true, alone);
  }

  /** What it expects depends on state that sessions share: it is not played beside others. */
  public Transcript alone() {
    return new Transcript(name, banner, turns, rest, closed, inStep, true);
  }

  String subject() {
    return "transcript \"" + name + "\"";
  }

  Expected banner() {
    return banner;
  }

  /** What is sent and what must come for it, one after another. */
  List<Turn> turns() {
    return turns;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isInStep() {
    return inStep;
  }

  boolean isAlone() {
    return alone;
  }

  /** All that the client sends. */
  String sent() {
    return String.join("", turns.stream().map(Turn::sent).toList());
  }

  /** All that must come back. */
  Expected received() {
    Expected all = banner;
    for (Turn turn : turns) {
      all = all.then(turn.expected());
    }
    return all;
  }

  /** The line of a case that plays it as it is written. */
  Line line() {
    return new Line(subject(), banner, turns, inStep, false, closed, rest, null);
  }
}
