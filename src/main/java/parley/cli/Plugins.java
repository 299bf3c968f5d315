package parley.cli;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jars of {@code plugins/}, in the order of their names, as a class loader. */
final class Plugins {

  private Plugins() {}

  /**
   * A class loader over the jars, or Parley's own if there are none.
   *
   * @throws IOException if the folder cannot be read
   */
  static @Nullable ClassLoader loader(Path folder) throws IOException {
    ClassLoader own = Plugins.class.getClassLoader();
    if (!Files.isDirectory(folder)) {
      return own;
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(jar.toUri().toURL());
      }
    }
    return jars.isEmpty() ? own : new URLClassLoader(jars.toArray(URL[]::new), own);
  }
}
