package parley.cli;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the names come from. */
interface Names {

  /**
   * The next name, or null at the end; may wait for it.
   *
   * @throws IOException if what comes is no name; the message says where and why
   */
  @Nullable String next() throws IOException;

  /** Those of a list. */
  static Names of(List<String> names) {
    Iterator<String> each = names.iterator();
    return () -> each.hasNext() ? each.next() : null;
  }
}
