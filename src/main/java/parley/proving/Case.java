package parley.proving;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One thing to try: it can be played, any number of times, and made smaller. */
interface Case {

  /** Plays it; null if all is well. */
  @Nullable Trouble play();

  /** Cases that are a little smaller, those that are much smaller first. */
  Stream<Case> smaller();

  /** Whether it must go well by what the user has said; asked of the smaller ones. */
  default boolean isSound() {
    return true;
  }
}
