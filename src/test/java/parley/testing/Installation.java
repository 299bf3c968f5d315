package parley.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import parley.testing.Programs.Result;

/** The scripts of a clone or of an unpacked distribution, run by one of the usual shells. */
public record Installation(Path home, String shell) {

  /** Unique per test process, because several processes share the clone. */
  private static final String VENDOR = "Test-" + ProcessHandle.current().pid();

  /** Options for a free port. */
  public static final List<String> FREE =
      List.of("--set", "listeners.greeting.endpoint=tcp://127.0.0.1:0");

  /** Returns the clone and an unpacked distribution, each with dash and with bash. */
  public static List<Installation> all(Path temp) throws Exception {
    Path unpacked = Distribution.unpack(temp);
    List<Installation> all = new ArrayList<>();
    for (String shell : List.of("dash", "bash")) {
      Programs.need(shell);
      all.add(new Installation(Programs.HOME, shell));
      all.add(new Installation(unpacked, shell));
    }
    return all;
  }

  public List<String> command(String script, String... arguments) {
    return command(script, List.of(arguments));
  }

  public List<String> command(String script, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(shell, home.resolve("bin/" + script) + ""));
    command.addAll(arguments);
    return command;
  }

  public Result run(
      Map<String, String> environment, Path folder, String script, String... arguments)
      throws IOException, InterruptedException {
    return Programs.run(environment, "", folder, command(script, arguments));
  }

  /** Returns the folder of its class-data archives. */
  public Path cds() {
    return home.resolve(home.equals(Programs.HOME) ? "target/cds" : "cds");
  }

  /** Returns the names of archives for the java of {@link #withJava}, complete or not. */
  public List<String> archives() throws IOException {
    return in(cds()).stream().filter(each -> each.contains(VENDOR + ".jsa")).toList();
  }

  /** Deletes the archive for the java of {@link #withJava}. */
  public void deleteArchive() throws IOException {
    Files.deleteIfExists(cds().resolve("parley-17.0.0-" + VENDOR + ".jsa"));
  }

  /** Makes a JAVA_HOME whose java is a shell script; returns it as an environment. */
  public static Map<String, String> withJava(Path folder, String script) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    executable(bin.resolve("java"), script);
    Files.writeString(
        folder.resolve("release"), "JAVA_VERSION=\"17.0.0\"\nIMPLEMENTOR=\"" + VENDOR + "\"\n");
    return Map.of("JAVA_HOME", folder.toString());
  }

  public static Path executable(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
    return file;
  }

  /** Returns the names in a folder, sorted; none if the folder is missing. */
  public static List<String> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
