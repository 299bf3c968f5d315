package parley.it.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import parley.testing.Programs;

/** Copies of the clone, without build output. */
final class Checkout {

  private static final List<String> SOURCES =
      List.of("pom.xml", ".mvn", "bin", "conf", "src/main", "src/assembly");

  private Checkout() {}

  /** Copies the sources of the artifacts, and other parts. */
  static Path copy(Path to, String... others) throws IOException {
    List<String> parts = new ArrayList<>(SOURCES);
    parts.addAll(List.of(others));
    for (String part : parts) {
      try (Stream<Path> all = Files.walk(Programs.HOME.resolve(part))) {
        for (Path each : all.filter(Files::isRegularFile).toList()) {
          Path file = to.resolve(Programs.HOME.relativize(each));
          Files.createDirectories(file.getParent());
          Files.copy(each, file, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    return to;
  }
}
