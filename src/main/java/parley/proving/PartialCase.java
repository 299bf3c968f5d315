package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A case in which the stream ends inside a frame; that must yield no frame. */
record PartialCase(CodecPlayer player, Tape tape) implements Case {

  @Override
  public @Nullable Trouble play() {
    Outcome before = player.play(tape);
    Outcome after = player.play(tape.finished());
    if (before.isDefect() || after.isDefect() || before.frames().equals(after.frames())) {
      return CodecCase.of(player, tape.finished()).play();
    }
    Dialog dialog = new Dialog();
    tape.parts().forEach(part -> dialog.sent("bytes", part));
    dialog.line("bytes", "end", "");
    dialog.line("frames", after.shown(), "got");
    dialog.line("frames", before.shown(), "expected: no more at the end");
    return new Trouble("partial", tape.subject(), dialog.lines(), false);
  }

  @Override
  public Stream<Case> smaller() {
    return Smaller.lists(tape.cuts()).map(cuts -> new PartialCase(player, tape.cut(cuts)));
  }
}
