package parley.proving;

import java.util.ArrayList;
import java.util.List;

/**
 * An expected conversation: the bytes that the client sends and receives. Immutable: each method
 * returns a new transcript. Text is UTF-8.
 *
 * <p>It is played hundreds of times against one server, sometimes by several clients at once. So
 * its answers must not depend on earlier sessions; see {@link #alone}.
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

  /**
   * Returns an empty transcript.
   *
   * @param name a name for the transcript, in failures
   * @return a transcript in which nothing is sent or received
   */
  public static Transcript named(String name) {
    return new Transcript(
        name, Expected.NOTHING, List.of(), Line.Rest.NONE, false, false, false, Conversation.NONE);
  }

  /**
   * Names the client that sends and receives from here on, until another one is named. This is for
   * protocols whose clients see each other's actions. A client connects when it is first named.
   * Such a transcript is played as written, and with each of its requests cut at every byte; never
   * beside others.
   *
   * @param who a name for the client, in failures
   * @return a new transcript
   * @throws IllegalStateException if a client without a name has already sent or received something
   */
  public Transcript client(String who) {
    if (!turns.isEmpty() || banner != Expected.NOTHING) {
      throw new IllegalStateException(
          "client " + who + ": a client without a name was used before (expected: names for all)");
    }
    return with(conversation.with(who));
  }

  /**
   * Lets the last named client end its side, and the server close the connection, before the
   * transcript continues. Otherwise all clients do so at the end.
   *
   * @return a new transcript
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

  /**
   * Adds text that the client sends.
   *
   * @param text the text, to which nothing is added, such as a line end
   * @return a new transcript
   */
  public Transcript sends(String text) {
    return sendsRaw(Raw.of(text));
  }

  /**
   * Adds bytes that the client sends.
   *
   * @param bytes the bytes, which are copied
   * @return a new transcript
   */
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

  /**
   * Adds text that the server sends: an answer, or a banner if the client has sent nothing before.
   *
   * @param text the text, to which nothing is added, such as a line end
   * @return a new transcript
   */
  public Transcript receives(String text) {
    return expects(Expected.literal(Raw.of(text)));
  }

  /**
   * Adds bytes that the server sends: an answer, or a banner if the client has sent nothing before.
   *
   * @param bytes the bytes, which are copied
   * @return a new transcript
   */
  public Transcript receives(byte[] bytes) {
    return expects(Expected.literal(Raw.of(bytes)));
  }

  /**
   * Adds a regular expression that the server's bytes match, for content that varies, such as a
   * time. It matches ISO-8859-1 text, and dots match line ends.
   *
   * @param regex the expression, in the syntax of {@link java.util.regex.Pattern}
   * @return a new transcript
   * @throws java.util.regex.PatternSyntaxException if the expression is not valid
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

  /**
   * Requires that the server then closes the connection by itself.
   *
   * @return a new transcript
   */
  public Transcript closed() {
    if (conversation.isAny()) {
      return with(conversation.ends(Conversation.End.CLOSED));
    }
    return new Transcript(name, banner, turns, rest, true, inStep, alone, conversation);
  }

  /**
   * Expects that the server sends without end, until the client closes the connection.
   *
   * @return a new transcript
   */
  public Transcript goesOn() {
    return new Transcript(
        name, banner, turns, Line.Rest.ENDLESS, closed, inStep, alone, conversation);
  }

  /**
   * Makes the client wait for each answer before it sends more: for a protocol without pipelining.
   *
   * @return a new transcript
   */
  public Transcript inStep() {
    return new Transcript(name, banner, turns, rest, closed, true, alone, conversation);
  }

  /**
   * Marks that the answers depend on state that sessions share: it is not played beside others.
   *
   * @return a new transcript
   */
  public Transcript alone() {
    return new Transcript(name, banner, turns, rest, closed, inStep, true, conversation);
  }

  String subject() {
    return "transcript \"" + name + "\"";
  }

  Expected banner() {
    return banner;
  }

  /** Returns the turns: sent bytes with their expected answers, in order. */
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

  /** Returns the conversation of several clients, if clients are named. */
  Conversation conversation() {
    return conversation;
  }

  /** Returns the line of each client, as written. */
  List<Line> lines() {
    return conversation.isAny() ? conversation.lines(subject()) : List.of(line());
  }

  /** Returns the line of a case that plays the transcript as written. */
  Line line() {
    return new Line(subject(), banner, turns, inStep, false, closed, rest, null);
  }
}
