package parley.proving;

import java.util.ArrayDeque;
import java.util.Deque;

/** Plays one line of a case on a connection of its own and logs it. */
final class Talk implements AutoCloseable {

  /** Ends a case: something went wrong, in the given way. */
  static final class Wrong extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean fatal;

    Wrong(String way, boolean fatal) {
      super(way, null, false, false);
      this.fatal = fatal;
    }

    String way() {
      return String.valueOf(getMessage());
    }

    boolean isFatal() {
      return fatal;
    }
  }

  /** How many bytes beyond the expected ones are read of an endless answer. */
  private static final int ENOUGH = 16 << 10;

  private final Line line;
  private final boolean amongOthers;
  private final String mark;
  private final Arena arena;
  private final Dialog dialog;
  private final AnswerLog answerLog;
  private final Wire wire;
  private final Probe probe;
  private final Deque<Line.Part> parts;
  private long sent;

  /** Connects. The mark distinguishes the lines of a case in the dialog. */
  Talk(Line line, String mark, Arena arena, Dialog dialog) {
    this(line, mark, arena, dialog, false);
  }

  /**
   * Connects, for a line that may receive answers before it awaits them, because other clients
   * cause them.
   */
  static Talk amongOthers(Line line, String mark, Arena arena, Dialog dialog) {
    return new Talk(line, mark, arena, dialog, true);
  }

  private Talk(Line line, String mark, Arena arena, Dialog dialog, boolean amongOthers) {
    this.line = line;
    this.amongOthers = amongOthers;
    this.mark = mark;
    this.arena = arena;
    this.dialog = dialog;
    answerLog = new AnswerLog(line, mark, dialog);
    parts = new ArrayDeque<>(line.parts());
    boolean endless = line.rest() == Line.Rest.ENDLESS;
    wire = arena.connect(endless ? line.expected().literal().length() + ENOUGH : Integer.MAX_VALUE);
    probe = arena.probe(wire);
  }

  int partsLeft() {
    return parts.size();
  }

  /**
   * Sends the next part.
   *
   * @param apart whether to wait until the server has read it, so that it reads no more together
   *     with it
   */
  void next(boolean apart) throws Wrong {
    Line.Part part = parts.remove();
    if (!part.bytes().isEmpty()) {
      dialog.sent("C" + mark, part.bytes());
      wire.send(part.bytes());
      sent += part.bytes().length();
      if (apart
          && part.answers() == Line.NONE
          && !probe.awaitRead(sent, arena.patience().nanos())) {
        throw late("the server did not read on within ");
      }
    }
    if (part.answers() != Line.NONE) {
      await(part.answers());
    }
  }

  /** Waits for the last answers and for the required end. */
  void finish() throws Wrong {
    if (line.rest() == Line.Rest.ENDLESS) {
      await(line.answers());
    } else {
      finishByEnd();
    }
    wire.close();
    if (!probe.awaitClosed(arena.patience().nanos())) {
      throw late("the server's session did not end within ");
    }
    checkDefect();
  }

  private void finishByEnd() throws Wrong {
    if (!line.closed() && !line.hasty() && line.rest() == Line.Rest.NONE) {
      await(line.answers());
    }
    if (!line.closed()) {
      dialog.line("C" + mark, "half-close", "");
      wire.halfClose();
    }
    if (!wire.await(this::isOver, arena.patience().nanos())) {
      answerLog.answers(wire.got());
      answerLog.rest(rest());
      throw late("the server did not end the connection within ");
    }
    check();
  }

  private boolean isOver(String got) {
    String never = line.never();
    int end = line.expected().endIn(got);
    return never != null && !never.isEmpty() && end >= 0 && got.startsWith(never, end);
  }

  private void check() throws Wrong {
    String got = wire.got();
    answerLog.answers(got);
    if (isOver(got)) {
      answerLog.unwanted(rest());
      throw new Wrong("answered", false);
    }
    Expected.Match match = line.expected().match(got);
    boolean right =
        switch (line.rest()) {
          case NONE -> match == Expected.Match.COMPLETE;
          case ANY, ENDLESS -> answerLog.isComplete();
          case LESS -> match != Expected.Match.OTHER;
        };
    if (!right) {
      throw different(line.answers(), match);
    }
    if (wire.end() == Wire.End.RESET) {
      answerLog.rest(rest());
      throw reset();
    }
  }

  private void await(int answers) throws Wrong {
    Expected expected = line.answers(0, answers);
    long start = System.nanoTime();
    boolean came =
        wire.await(got -> match(expected, got) != Expected.Match.PARTIAL, arena.patience().nanos());
    Expected.Match match = match(expected, wire.got());
    answerLog.answers(wire.got());
    if (match == Expected.Match.COMPLETE) {
      arena.patience().took(System.nanoTime() - start);
    } else if (came) {
      throw different(answers, match);
    } else {
      answerLog.difference(wire.got(), answers);
      throw late("no answer within ");
    }
  }

  private Expected.Match match(Expected expected, String got) {
    boolean mayBeMore =
        line.rest() == Line.Rest.ENDLESS
            || (amongOthers && line.expected().match(got) != Expected.Match.OTHER);
    boolean enough = mayBeMore && expected.endIn(got) >= 0;
    return enough ? Expected.Match.COMPLETE : expected.match(got);
  }

  private Wrong different(int answers, Expected.Match match) {
    if (wire.end() == Wire.End.NOT) {
      wire.halfClose();
      wire.await(
          got -> false,
          Math.min(arena.patience().nanos(), 500_000_000L)); // so that the failure shows all of it
    }
    answerLog.difference(wire.got(), answers);
    if (wire.end() == Wire.End.RESET) {
      return reset();
    }
    if (match == Expected.Match.PARTIAL) {
      dialog.line("then", "the server ended the connection", "");
      return new Wrong("missing", false);
    }
    return new Wrong("different", false);
  }

  private Wrong reset() {
    dialog.line("then", "the connection was reset", "");
    return new Wrong("reset", false);
  }

  private Wrong late(String what) {
    boolean stuck = probe.isStuck(arena.patience().nanos());
    dialog.line("then", what + arena.patience().shown(), "");
    if (stuck) {
      dialog.line("then", "the event loop of this session is stuck", "");
    }
    return new Wrong(what, stuck);
  }

  /** Returns the bytes after the expected ones. */
  String rest() {
    String got = wire.got();
    return got.substring(Math.max(0, line.expected().endIn(got)));
  }

  /** Reports a defect of the server, which explains more than its effects. */
  void checkDefect() throws Wrong {
    Throwable defect = probe.defect();
    if (defect != null) {
      dialog.line("thrown", Shown.thrown(defect), "");
      throw new Wrong("thrown: " + defect.getClass().getName(), false);
    }
  }

  /** Lets the server's session end for a short while, so that the next case starts clean. */
  void letEnd() {
    wire.close();
    probe.awaitClosed(arena.patience().nanos());
  }

  @Override
  public void close() {
    wire.close();
    arena.forget(wire);
  }
}
