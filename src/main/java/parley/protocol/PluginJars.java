package parley.cli;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jars of {@code plugins/}, in the order of their names, as a class loader. */
final class Plugins {

  private Plugins() {}

  /**
   * A class loader over the jars, or Parley's own if there are none.
   *
   * @throws ConfException if the folder or a jar cannot be read: a class loader would say nothing
   */
  static @Nullable ClassLoader loader(Path folder) throws ConfException {
    ClassLoader own = Plugins.class.getClassLoader();
    List<String> problems = new ArrayList<>();
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars(folder)) {
      try (JarFile readable = new JarFile(jar.toFile())) {
        urls.add(jar.toUri().toURL());
      } catch (IOException e) {
        problems.add(jar + ": is no jar that can be read: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfException(problems);
    }
    return urls.isEmpty() ? own : new URLClassLoader(urls.toArray(URL[]::new), own);
  }

  private static List<Path> jars(Path folder) throws ConfException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new ConfException(List.of(folder + ": cannot be read: " + e.getMessage()));
    }
  }
}
