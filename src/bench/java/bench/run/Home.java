package bench.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The checkout, its build output, and the way that Java is started: the same for all. */
final class Home {

  private static final String DEFAULT_OPTIONS = "-Xms1g -Xmx1g -XX:+UseParallelGC";

  private final Path home;
  private final List<String> options = new ArrayList<>();

  Home(Path home) {
    this.home = home;
    String given = System.getenv("JAVA_OPTS");
    String words = given == null || given.isBlank() ? DEFAULT_OPTIONS : given.strip();
    options.addAll(List.of(words.split("\\s+")));
    if (Runtime.version().feature() >= 24) { // otherwise they warn and do without
      options.add("--enable-native-access=ALL-UNNAMED");
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
  }

  /**
   * Makes servers and load use TLS from now on, with a throwaway certificate.
   *
   * @throws IOException if the certificate cannot be created
   */
  void speakTls() throws IOException {
    Path certs = Files.createTempDirectory(results(), "certs").resolve("made");
    Process made =
        new ProcessBuilder(home.resolve("bin/dev-cert.sh").toString(), certs.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(made.getInputStream().readAllBytes());
    if (made.onExit().join().exitValue() != 0) {
      throw new IOException("dev-cert.sh: " + output.strip());
    }
    options.add("-Dtls=" + certs);
  }

  /** Returns the folder for the results. */
  Path results() {
    return home.resolve("target/bench");
  }

  Path floor() {
    return results().resolve("c-floor");
  }

  Path floorSource() {
    return home.resolve("src/bench/java/bench/floor/floor.c");
  }

  List<String> options() {
    return options;
  }

  /** Returns the JVM, its options and class path: Parley's as shipped, or that of the others. */
  List<String> java(boolean parley) {
    Path target = home.resolve("src/bench/target");
    Path lib = parley ? home.resolve("target/lib") : target.resolve("lib");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    if (parley) {
      command.add("-Dlog4j2.configurationFile=" + home.resolve("conf/log4j2.xml"));
    }
    command.add("-cp");
    command.add(target.resolve("classes") + File.pathSeparator + lib.resolve("*"));
    return command;
  }

  /** Returns the versions of the measured libraries, from the names of their jars. */
  List<String> versions() throws IOException {
    List<String> versions = new ArrayList<>();
    try (var jars = Files.list(home.resolve("src/bench/target/lib"))) {
      jars.map(each -> each.getFileName().toString().replace(".jar", ""))
          .sorted()
          .filter(each -> each.matches("(parley|mina-core|netty-transport|vertx-core)-\\d.*"))
          .forEach(each -> versions.add(each.replaceFirst("-(\\d)", " $1")));
    }
    return versions;
  }
}
