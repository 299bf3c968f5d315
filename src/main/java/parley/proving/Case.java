package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One test case. It can be played any number of times, and made smaller. */
interface Case {

  /** Plays the case; returns null if it passes. */
  @Nullable Trouble play();

  /** Returns smaller variants of the case, the smallest first. */
  Stream<Case> smaller();

  /**
   * Returns whether this case must pass according to the user's input; checked for smaller cases.
   */
  default boolean isSound() {
    return true;
  }
}
