package bench.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A folder like that of a distribution, with Parley as built here and a plug-in that counts. */
final class CountingHome implements AutoCloseable {

  private static final List<String> CLASSES =
      List.of(
          "CountedGreeting",
          "CountedHandler",
          "CountedHandler$Pusher",
          "Counters",
          "Counters$Count");

  private static final String CONF =
      """
      listeners.greeting {
        endpoint = "tcp://127.0.0.1:0"
        protocol = counted
        settings.counter = "%s"
      }
      """;

  private final Path folder;
  private final Counters counters;

  /** Creates the folder from a clone that is already built. */
  CountingHome(Path clone) throws IOException {
    folder = Files.createTempDirectory(Files.createDirectories(clone.resolve("target/bench")), "h");
    for (String each : List.of("bin", "conf")) {
      copy(clone.resolve(each), Files.createDirectory(folder.resolve(each)));
    }
    Files.createSymbolicLink(folder.resolve("lib"), clone.resolve("target/lib"));
    Files.createSymbolicLink(folder.resolve("src"), clone.resolve("src")); // of peers in C
    pack(Files.createDirectory(folder.resolve("plugins")).resolve("counted.jar"));
    counters = Counters.map(counter());
    Files.writeString(folder.resolve("conf/server.conf"), CONF.formatted(counter()));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(each.getFileName()));
      }
    }
  }

  private static void pack(Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String each : CLASSES) {
        entries.putNextEntry(new JarEntry("bench/fault/" + each + ".class"));
        try (InputStream in = CountingHome.class.getResourceAsStream(each + ".class")) {
          in.transferTo(entries);
        }
      }
      entries.putNextEntry(new JarEntry("META-INF/services/parley.protocol.Protocol"));
      entries.write(CountedGreeting.class.getName().getBytes());
    }
  }

  Path folder() {
    return folder;
  }

  private Path counter() {
    return folder.resolve("counter");
  }

  /** Returns the server's counters. */
  Counters counters() {
    return counters;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(CountingHome::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
