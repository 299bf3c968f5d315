package parley.proving;

import java.util.List;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a frame and decodes it again; then encodes another for another session, which must leave
 * alone what the first one has not sent yet.
 *
 * @param strict an encoder that does not take the frame is a failure
 */
record RoundTripCase(CodecPlayer player, String subject, Object frame, Object next, boolean strict)
    implements Case {

  private static final String ONE_WAY =
      "add .oneWay() to the proof if the encoder is not meant to make what the decoder takes";

  @Override
  public @Nullable Trouble play() {
    Dialog dialog = new Dialog();
    String right = Frames.describe(frame);
    dialog.line("frame", Shown.description(right), "");
    List<IoBuffer> encoded;
    try {
      encoded = player.encode(frame);
    } catch (Throwable thrown) {
      dialog.line("thrown", Shown.thrown(thrown) + ", by the encoder", "");
      dialog.line("hint", ONE_WAY, "");
      return strict ? new Trouble("not encoded", subject, dialog.lines(), false) : null;
    }
    String bytes = bytes(encoded);
    dialog.line("encoded", Shown.raw(bytes), "");
    Outcome got = player.play(Tape.of(subject, bytes));
    if (!got.frames().equals(List.of(right)) || got.end() != Outcome.End.TAKEN) {
      dialog.line("decoded", got.shown(), "");
      dialog.line("hint", ONE_WAY, "");
      return new Trouble("not decoded", subject, dialog.lines(), false);
    }
    return bytes.equals(afterAnother(encoded)) ? null : overwritten(dialog, encoded);
  }

  private String afterAnother(List<IoBuffer> encoded) {
    try {
      player.encode(next);
    } catch (Throwable another) {
      return bytes(encoded); // told when its turn comes
    }
    return bytes(encoded);
  }

  private Trouble overwritten(Dialog dialog, List<IoBuffer> encoded) {
    dialog.line(
        "then",
        "another session's " + Shown.description(Frames.describe(next)) + " was encoded",
        "");
    dialog.line("encoded", Shown.raw(bytes(encoded)), "is what is left of the first");
    return new Trouble("overwritten", subject, dialog.lines(), false);
  }

  private static String bytes(List<IoBuffer> buffers) {
    return String.join("", buffers.stream().map(Frames::bytes).toList());
  }

  @Override
  public Stream<Case> smaller() {
    return Stream.empty();
  }
}
