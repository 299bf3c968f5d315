package parley.cli;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source of names. */
interface Names {

  /**
   * Returns the next name, or null at the end; may block.
   *
   * @throws IOException if the input is not a valid name; the message has the place and the cause
   */
  @Nullable String next() throws IOException;

  /** Returns the names in a list. */
  static Names of(List<String> names) {
    Iterator<String> each = names.iterator();
    return () -> each.hasNext() ? each.next() : null;
  }
}
