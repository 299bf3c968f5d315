package parley.protocol;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jars of {@code plugins/}, in the order of their names, as one class loader. */
final class PluginJars {

  private PluginJars() {}

  /**
   * Returns a class loader for the jars, or Parley's own if there are none.
   *
   * @throws ProtocolException if the folder or a jar cannot be read; a class loader would ignore
   *     that
   */
  static ClassLoader loader(Path folder) {
    ClassLoader own = PluginJars.class.getClassLoader();
    List<String> problems = new ArrayList<>();
    List<Stamp> stamps = new ArrayList<>();
    for (Path jar : jars(folder, problems)) {
      try (JarFile readable = new JarFile(jar.toFile())) {
        stamps.add(Stamp.of(jar));
      } catch (IOException e) {
        problems.add(jar + ": is not a readable jar: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new ProtocolException(problems);
    }
    return stamps.isEmpty() ? own : new Loader(stamps, own);
  }

  /** The identity, time and size of a jar's file when it was opened. */
  private record Stamp(Path jar, @Nullable Object file, FileTime time, long size) {

    static Stamp of(Path jar) throws IOException {
      BasicFileAttributes now = Files.readAttributes(jar, BasicFileAttributes.class);
      return new Stamp(jar, now.fileKey(), now.lastModifiedTime(), now.size());
    }

    boolean isChanged() {
      try {
        return !equals(of(jar));
      } catch (IOException gone) {
        return true;
      }
    }

    URL url() {
      try {
        return jar.toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e); // cannot happen for a file
      }
    }
  }

  /** The class loader of the plug-ins, which notices when its jars change. */
  static final class Loader extends URLClassLoader {

    private final List<Stamp> stamps;

    Loader(List<Stamp> stamps, ClassLoader parent) {
      super(stamps.stream().map(Stamp::url).toArray(URL[]::new), parent);
      this.stamps = List.copyOf(stamps);
    }

    /** Returns the jars that were overwritten, replaced or removed. */
    String changed() {
      return String.join(
          ", ", stamps.stream().filter(Stamp::isChanged).map(each -> each.jar + "").toList());
    }
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
