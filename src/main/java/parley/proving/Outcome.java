package parley.proving;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a tape.
 *
 * @param frames the descriptions of the frames
 * @param end how the tape ended
 * @param thrown the exception, if the decoder threw one that is not allowed
 */
record Outcome(List<String> frames, End end, @Nullable Throwable thrown) {

  /** The end of a tape. */
  enum End {
    /** The decoder accepted everything. */
    TAKEN,
    /** The decoder threw a FrameException or another of MINA's codec exceptions. */
    REFUSED,
    /** The decoder threw another exception. */
    THROWN,
    /** The decoder did not return in time. */
    STUCK
  }

  boolean isDefect() {
    return end == End.THROWN || end == End.STUCK;
  }

  boolean sameAs(Outcome other) {
    return frames.equals(other.frames) && end == other.end;
  }

  String shown() {
    String list = String.join(", ", frames.stream().map(Shown::description).toList());
    if (end != End.REFUSED) {
      return list.isEmpty() ? "nothing" : list;
    }
    return list.isEmpty() ? "refused" : list + ", then refused";
  }
}
