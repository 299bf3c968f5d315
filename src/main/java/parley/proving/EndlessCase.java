package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client that repeats bytes that never complete a frame, until the server stops reading.
 *
 * @param after the conversation that comes first in the session, or null
 * @param most the number of bytes after which the server must have ended the session
 */
record EndlessCase(Arena arena, @Nullable Transcript after, String unit, long most)
    implements Case {

  private static final int WRITE = 16 << 10;

  @Override
  public @Nullable Trouble play() {
    try (Wire wire = arena.connect(Integer.MAX_VALUE)) {
      Probe probe = arena.probe(wire);
      Expected opening = begin(wire);
      if (opening.endIn(wire.got()) < 0) {
        return notBegun(wire, opening);
      }
      long sent = send(wire, probe);
      boolean ended = probe.isStopped() && wire.await(got -> false, arena.patience().nanos());
      Wire.End end = wire.end();
      wire.close();
      boolean closed = ended && probe.awaitClosed(arena.patience().nanos());
      arena.forget(wire);
      return trouble(sent, closed ? end : Wire.End.NOT, probe.defect());
    }
  }

  /** Plays the conversation that comes first; returns the bytes that it must bring. */
  private Expected begin(Wire wire) {
    if (after == null) {
      return Expected.NOTHING;
    }
    Expected opening = after.banner();
    await(wire, opening);
    for (Turn turn : after.turns()) {
      wire.send(turn.sent());
      opening = opening.then(turn.expected());
      await(wire, opening);
    }
    return opening;
  }

  private void await(Wire wire, Expected opening) {
    wire.await(got -> opening.match(got) != Expected.Match.PARTIAL, arena.patience().nanos());
  }

  private Trouble notBegun(Wire wire, Expected opening) {
    Dialog dialog = new Dialog();
    dialog.line("S", Shown.raw(wire.got()), "got");
    dialog.line("S", opening.shown(), "expected");
    arena.forget(wire);
    return new Trouble("different", subject(), dialog.lines(), false);
  }

  private String subject() {
    return "endless " + Shown.raw(unit) + (after == null ? "" : " after " + after.subject());
  }

  /** Sends until the server stops reading, has read too much, or takes too long. */
  private long send(Wire wire, Probe probe) {
    int size = (int) Math.min(WRITE, most / 4);
    String write = unit.repeat(Math.max(1, size / unit.length()));
    long before = after == null ? 0 : after.line().sent().length();
    long deadline = System.nanoTime() + 2 * arena.patience().nanos();
    long sent = 0;
    boolean read = true;
    while (read && !probe.isStopped() && sent <= most && System.nanoTime() < deadline) {
      wire.send(write);
      sent += write.length();
      read = probe.awaitRead(before + sent, arena.patience().nanos());
    }
    return sent;
  }

  private @Nullable Trouble trouble(long sent, Wire.End end, @Nullable Throwable defect) {
    if (end == Wire.End.EOF && defect == null) {
      return null;
    }
    Dialog dialog = new Dialog();
    dialog.line("C", Shown.raw(unit) + Shown.number(sent / unit.length(), ", %,d times"), "");
    if (defect != null) {
      dialog.line("thrown", Shown.thrown(defect), "");
    } else if (end == Wire.End.RESET) {
      dialog.line("then", "the connection was reset", "");
    } else {
      dialog.line("then", "the server did not end the connection", "");
      arena.renew(); // the memory that it holds must not affect the next cases
    }
    return new Trouble("endless", subject(), dialog.lines(), false);
  }

  @Override
  public Stream<Case> smaller() {
    return Stream.empty();
  }
}
