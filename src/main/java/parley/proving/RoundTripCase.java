package parley.proving;

import java.util.List;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A case that encodes a frame and decodes it again. Then it encodes another frame for another
 * session, which must not affect bytes that the first session has not yet sent.
 *
 * @param strict whether it is a failure if the encoder rejects the frame
 */
record RoundTripCase(CodecPlayer player, String subject, Object frame, Object next, boolean strict)
    implements Case {

  private static final String ONE_WAY =
      "add .oneWay() to the proof if the encoder need not produce the decoder's input";

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
      return bytes(encoded); // its own case reports it
    }
    return bytes(encoded);
  }

  private Trouble overwritten(Dialog dialog, List<IoBuffer> encoded) {
    dialog.line(
        "then",
        "another session's " + Shown.description(Frames.describe(next)) + " was encoded",
        "");
    dialog.line("encoded", Shown.raw(bytes(encoded)), "is unsent output of the first");
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
