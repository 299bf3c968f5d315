package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A case that repeats bytes that never complete a frame, until the decoder rejects them.
 *
 * @param most the maximum number of bytes that the decoder may accept
 */
record EndlessCodecCase(CodecPlayer player, String unit, long most) implements Case {

  private static final int PART = 8 << 10;

  @Override
  public @Nullable Trouble play() {
    long taken = player.takes(unit.repeat(Math.max(1, PART / unit.length())), most);
    if (taken <= most) {
      return null;
    }
    Dialog dialog = new Dialog();
    dialog.line("bytes", Shown.raw(unit) + ", again and again", "");
    String after = taken == Long.MAX_VALUE ? " in time" : Shown.number(taken, " after %,d bytes");
    dialog.line("then", "the decoder did not reject it" + after, "");
    return new Trouble("endless", "endless " + Shown.raw(unit), dialog.lines(), false);
  }

  @Override
  public Stream<Case> smaller() {
    return Stream.empty();
  }
}
