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
  private final Conversation conversation;

  private Transcript(
      String name,
      Expected banner,
      List<Turn> turns,
      Line.Rest rest,
      boolean closed,
      boolean inStep,
      boolean alone,
      Conversation conversation) {
    this.conversation = conversation;
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
    return new Transcript(
        name, Expected.NOTHING, List.of(), Line.Rest.NONE, false, false, false, Conversation.NONE);
  }

  /**
   * Names the client that sends and receives from here on, until another one is named: for
   * protocols whose clients see what others do. A client connects when it is named first. Such a
   * transcript is played as it is written, and with each of its requests cut at every byte; never
   * beside others.
   *
   * @param who a name for it, in failures
   * @throws IllegalStateException if something was sent or received before by a client without a
   *     name
   */
  public Transcript client(String who) {
    if (!turns.isEmpty() || banner != Expected.NOTHING) {
      throw new IllegalStateException(
          "client " + who + ": a client without a name comes before (expected: names for all)");
    }
    return with(conversation.with(who));
  }

  /**
   * The client that was named last ends its side, and the server the connection, before the
   * transcript goes on. Otherwise all clients do so at the end.
   *
   * @throws IllegalStateException if no client was named
   */
  public Transcript leaves() {
    if (!conversation.isAny()) {
      throw new IllegalStateException("leaves: no client is named (expected: client before it)");
    }
    return with(conversation.ends(Conversation.End.LEAVES));
  }

  private Transcript with(Conversation other) {
    return new Transcript(name, banner, turns, rest, closed, inStep, alone, other);
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
    if (conversation.isAny()) {
      return with(conversation.sends(raw));
    }
    List<Turn> more = new ArrayList<>(turns);
    Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
    if (last != null && last.expected() == Expected.NOTHING) {
      more.set(more.size() - 1, Turn.of(last.sent() + raw, Expected.NOTHING));
    } else {
      more.add(Turn.of(raw, Expected.NOTHING));
    }
    return new Transcript(
        name, banner, List.copyOf(more), rest, closed, inStep, alone, conversation);
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
    if (conversation.isAny()) {
      return with(conversation.expects(more));
    }
    if (turns.isEmpty()) {
      return new Transcript(
          name, banner.then(more), turns, rest, closed, inStep, alone, conversation);
    }
    List<Turn> all = new ArrayList<>(turns);
    Turn last = all.get(all.size() - 1);
    all.set(all.size() - 1, Turn.of(last.sent(), last.expected().then(more)));
    return new Transcript(
        name, banner, List.copyOf(all), rest, closed, inStep, alone, conversation);
  }

  /** Then the server ends the connection by itself. */
  public Transcript closed() {
    if (conversation.isAny()) {
      return with(conversation.ends(Conversation.End.CLOSED));
    }
    return new Transcript(name, banner, turns, rest, true, inStep, alone, conversation);
  }

  /** The server sends on and on, until the client closes the connection. */
  public Transcript goesOn() {
    return new Transcript(
        name, banner, turns, Line.Rest.ENDLESS, closed, inStep, alone, conversation);
  }

  /** The client may not send on before it has its answer: for a protocol without pipelining. */
  public Transcript inStep() {
    return new Transcript(name, banner, turns, rest, closed, true, alone, conversation);
  }

  /** What it expects depends on state that sessions share: it is not played beside others. */
  public Transcript alone() {
    return new Transcript(name, banner, turns, rest, closed, inStep, true, conversation);
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

  /** What several clients say, if there are any names. */
  Conversation conversation() {
    return conversation;
  }

  /** The line of each client, as it is written. */
  List<Line> lines() {
    return conversation.isAny() ? conversation.lines(subject()) : List.of(line());
  }

  /** The line of a case that plays it as it is written. */
  Line line() {
    return new Line(subject(), banner, turns, inStep, false, closed, rest, null);
  }
}
