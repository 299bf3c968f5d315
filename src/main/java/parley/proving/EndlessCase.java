package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client that repeats what never ends a frame until the server takes no more.
 *
 * @param most so many bytes must be enough for the server to end the session
 */
record EndlessCase(Arena arena, Expected banner, String unit, long most) implements Case {

  private static final int WRITE = 16 << 10;

  @Override
  public @Nullable Trouble play() {
    String write = unit.repeat(Math.max(1, (int) Math.min(WRITE, most / 4) / unit.length()));
    Dialog dialog = new Dialog();
    try (Wire wire = arena.connect()) {
      Probe probe = arena.probe(wire);
      long sent = 0;
      boolean read = true;
      while (read && !probe.isStopped() && wire.end() == Wire.End.NOT && sent <= most) {
        wire.send(write);
        sent += write.length();
        read = probe.awaitRead(sent, arena.patience().nanos());
      }
      boolean ended = sent <= most && read && wire.await(got -> false, arena.patience().nanos());
      wire.close();
      arena.forget(wire);
      boolean closed = ended && probe.awaitClosed(arena.patience().nanos());
      if (closed && wire.end() == Wire.End.EOF && probe.defect() == null) {
        return null;
      }
      dialog.line("C", Shown.raw(unit) + Shown.number(sent / unit.length(), ", %,d times"), "");
      return trouble(dialog, ended, wire.end(), probe.defect());
    }
  }

  private Trouble trouble(Dialog dialog, boolean ended, Wire.End end, @Nullable Throwable defect) {
    String way;
    if (defect != null) {
      way = "thrown";
      dialog.line(way, Shown.thrown(defect), "");
    } else if (end == Wire.End.RESET && ended) {
      way = "reset";
      dialog.line("then", "the connection was reset", "");
    } else {
      way = "not ended";
      dialog.line("then", "the server has not ended the connection", "");
      arena.renew();
    }
    return new Trouble(way, "endless " + Shown.raw(unit), dialog.lines(), false);
  }

  @Override
  public Stream<Case> smaller() {
    return Stream.empty();
  }
}
