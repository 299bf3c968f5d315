package parley.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of tests outside of JUnit's. */
public final class Folders {

  private Folders() {}

  /** Deletes a folder with all that is in it; follows no links. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Deletes at the end of the JVM what is in a folder now, and the folder. */
  public static void deleteAtTheEnd(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted().forEach(each -> each.toFile().deleteOnExit()); // the last one first
    }
  }
}
