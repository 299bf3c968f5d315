package parley.protocol;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The jars of {@code plugins/}, in the order of their names, as one class loader. */
final class PluginJars {

  private PluginJars() {}

  /**
   * A class loader over the jars, or Parley's own if there are none.
   *
   * @throws ProtocolException if the folder or a jar cannot be read: a class loader would say
   *     nothing
   */
  static ClassLoader loader(Path folder) {
    ClassLoader own = PluginJars.class.getClassLoader();
    List<String> problems = new ArrayList<>();
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars(folder, problems)) {
      try (JarFile readable = new JarFile(jar.toFile())) {
        urls.add(jar.toUri().toURL());
      } catch (IOException e) {
        problems.add(jar + ": is no jar that can be read: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new ProtocolException(problems);
    }
    return urls.isEmpty() ? own : new URLClassLoader(urls.toArray(URL[]::new), own);
  }

  private static List<Path> jars(Path folder, List<String> problems) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      problems.add(folder + ": cannot be read: " + e.getMessage());
      return List.of();
    }
  }
}
