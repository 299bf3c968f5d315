package parley.proving;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder made of a tape.
 *
 * @param frames their descriptions
 * @param end how it ended
 * @param thrown what it threw that it may not
 */
record Outcome(List<String> frames, End end, @Nullable Throwable thrown) {

  /** How it may end. */
  enum End {
    /** It took all. */
    TAKEN,
    /** It threw a FrameException or another of MINA's codec exceptions. */
    REFUSED,
    /** It threw something else. */
    THROWN,
    /** It did not return in time. */
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
