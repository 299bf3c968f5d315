package parley.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes folders that JUnit does not manage. */
public final class Folders {

  private Folders() {}

  /** Deletes a folder with its content; follows no links. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Deletes a folder with its present content when the JVM ends. */
  public static void deleteAtTheEnd(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted().forEach(each -> each.toFile().deleteOnExit()); // the last one first
    }
  }
}
