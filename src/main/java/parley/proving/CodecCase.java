package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A case that feeds tapes in turn to decoders of one factory.
 *
 * @param expected the expected outcome of a single tape; null for the outcome of each tape fed
 *     alone and whole
 */
record CodecCase(CodecPlayer player, List<Tape> tapes, @Nullable Outcome expected) implements Case {

  static CodecCase of(CodecPlayer player, Tape tape) {
    return new CodecCase(player, List.of(tape), null);
  }

  @Override
  public @Nullable Trouble play() {
    List<Outcome> outcomes = player.play(tapes);
    for (int i = 0; i < tapes.size(); i++) {
      Outcome got = outcomes.get(i);
      Outcome right =
          expected != null || got.isDefect() ? expected : player.play(tapes.get(i).plain());
      if (right != null && right.isDefect()) {
        return of(player, tapes.get(i).plain()).play();
      }
      if (got.isDefect() || (right != null && !got.sameAs(right))) {
        return trouble(i, got, right);
      }
    }
    return null;
  }

  private Trouble trouble(int index, Outcome got, @Nullable Outcome right) {
    Dialog dialog = new Dialog();
    for (int i = 0; i < tapes.size(); i++) {
      show(tapes.get(i), tapes.size() == 1 ? "" : "" + (i + 1), dialog);
    }
    String mark = tapes.size() == 1 ? "" : "" + (index + 1);
    String way = got.end().name();
    if (got.thrown() != null) {
      way = "thrown: " + got.thrown().getClass().getName();
      dialog.line("thrown", Shown.thrown(got.thrown()), "");
    } else if (got.end() == Outcome.End.STUCK) {
      dialog.line("then", "the decoder did not return", "");
    } else if (right != null) {
      way += " for " + right.end();
      dialog.line("frames" + mark, got.shown(), "got");
      String note = expected == null ? "expected, as when whole and alone" : "expected";
      dialog.line("frames" + mark, right.shown(), note);
    }
    String subject = String.join(" beside ", tapes.stream().map(Tape::subject).distinct().toList());
    return new Trouble(way, subject, dialog.lines(), got.end() == Outcome.End.STUCK);
  }

  private static void show(Tape tape, String mark, Dialog dialog) {
    if (!tape.before().isEmpty()) {
      dialog.line("before" + mark, Shown.raw(tape.before()), "to the same decoder");
    }
    tape.parts().forEach(part -> dialog.sent("bytes" + mark, part));
    if (tape.buffers() != Tape.Buffers.HEAP) {
      dialog.line("in", tape.buffers() == Tape.Buffers.DIRECT ? "direct buffers" : "slices", "");
    }
    if (tape.finish()) {
      dialog.line("bytes" + mark, "end", "");
    }
  }

  @Override
  public Stream<Case> smaller() {
    Stream<Case> fewer =
        tapes.size() == 1
            ? Stream.empty()
            : IntStream.range(0, tapes.size())
                .mapToObj(i -> new CodecCase(player, without(i), expected));
    return Stream.concat(fewer, IntStream.range(0, tapes.size()).boxed().flatMap(this::less));
  }

  private List<Tape> without(int index) {
    List<Tape> left = new ArrayList<>(tapes);
    left.remove(index);
    return left;
  }

  private Stream<Case> less(int index) {
    Tape tape = tapes.get(index);
    Stream<Tape> cuts = Smaller.lists(tape.cuts()).map(tape::cut);
    Stream<Tape> before =
        Smaller.ranges(tape.before().length())
            .map(range -> tape.after(Smaller.without(tape.before(), range)));
    Stream<Tape> bytes =
        expected != null
            ? Stream.empty()
            : Smaller.ranges(tape.bytes().length()).map(range -> less(tape, range));
    return Stream.of(cuts, before, bytes)
        .flatMap(tapes -> tapes)
        .map(
            less -> {
              List<Tape> all = new ArrayList<>(tapes);
              all.set(index, less);
              return new CodecCase(player, all, expected);
            });
  }

  private static Tape less(Tape tape, Smaller.Range range) {
    return tape.bytes(Smaller.without(tape.bytes(), range))
        .cut(Cuts.withoutRange(tape.cuts(), range.from(), range.to()));
  }
}
