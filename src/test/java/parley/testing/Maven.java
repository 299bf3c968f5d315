package parley.testing;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import parley.testing.Programs.Result;

/**
 * Maven with a local repository of its own, which has everything that the build's has, except
 * Parley. Closing it removes the repository, with the Parley that a test installed.
 */
public final class Maven implements AutoCloseable {

  private static final String PARLEY = "parley";

  private final Path repository;

  private Maven(Path repository) {
    this.repository = repository;
  }

  /** Skips the test where there is no Maven. */
  public static Maven withoutParley() throws IOException {
    Programs.need("mvn");
    Path own = Path.of(System.getProperty("localRepository")); // set by Failsafe
    Path repository = Files.createTempDirectory("repository");
    try (Stream<Path> groups = Files.list(own)) {
      for (Path group : groups.filter(each -> !each.endsWith(PARLEY)).toList()) {
        Files.createSymbolicLink(repository.resolve(group.getFileName()), group);
      }
    }
    return new Maven(repository);
  }

  /**
   * Like {@link #withoutParley}, with the Parley that was just built: each artifact and its pom.
   */
  public static Maven withParley() throws IOException {
    Maven maven = withoutParley();
    String name = PARLEY + "-" + Distribution.VERSION;
    Path folder =
        Files.createDirectories(maven.parley().resolve(PARLEY).resolve(Distribution.VERSION));
    Files.copy(Programs.HOME.resolve("pom.xml"), folder.resolve(name + ".pom"));
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Programs.HOME.resolve("target/lib"), name + "*.jar")) {
      for (Path each : jars) {
        Files.copy(each, folder.resolve(each.getFileName()));
      }
    }
    return maven;
  }

  /** Returns the folder of the installed Parley. */
  public Path parley() {
    return repository.resolve(PARLEY);
  }

  /** Returns the environment that makes any Maven use this repository, even one in a script. */
  public Map<String, String> environment() {
    return Map.of("MAVEN_OPTS", "-Dmaven.repo.local=" + repository);
  }

  /** Runs it offline and quiet. */
  public Result run(Path folder, String... arguments) throws IOException, InterruptedException {
    return run(folder, List.of("mvn", "-o", "-q", "-B"), arguments);
  }

  /** Runs it quiet; it may download a library that the build does not have. */
  public Result runOnline(Path folder, String... arguments)
      throws IOException, InterruptedException {
    return run(folder, List.of("mvn", "-q", "-B", "-ntp"), arguments);
  }

  private Result run(Path folder, List<String> maven, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(maven);
    command.addAll(List.of(arguments));
    return Programs.run(environment(), "", folder, command);
  }

  @Override
  public void close() throws IOException {
    Folders.delete(repository);
  }
}
