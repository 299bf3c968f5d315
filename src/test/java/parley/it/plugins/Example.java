package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import parley.testing.Distribution;
import parley.testing.Markdown;
import parley.testing.Maven;
import parley.testing.PluginJar;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** A project of src/examples, built and tested, whose jars are in an unpacked distribution. */
public record Example(Path project, Path home) {

  /** Builds a copy of it against the Parley that was just built. */
  public static Example build(String name, Path temp) throws Exception {
    Path project = copy(Programs.HOME.resolve("src/examples").resolve(name), temp.resolve(name));
    Path home = Distribution.unpack(temp);
    try (Maven maven = Maven.withParley()) {
      Result built = maven.runOnline(project, "verify");
      assertThat(built.code()).as("%s", built).isZero();
    }
    copy(project.resolve("target/plugins"), home.resolve("plugins"));
    return new Example(project, home);
  }

  /** Copies everything except earlier build output. */
  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        Path file = from.relativize(each);
        if (!file.startsWith("target")) {
          Files.createDirectories(to.resolve(file).getParent());
          Files.copy(each, to.resolve(file));
        }
      }
    }
    return to;
  }

  /** Compiles the Java of its README.md, with its classes and its libraries. */
  public void compileReadme(String... imports) throws IOException {
    List<Path> before = new ArrayList<>(List.of(project.resolve("target/classes")));
    try (Stream<Path> jars = Files.list(project.resolve("target/plugins"))) {
      jars.forEach(before::add);
    }
    String source =
        "package example; import parley.client.Client; import "
            + String.join("; import ", imports)
            + "; class Readme { void run() throws Exception { "
            + Markdown.listing(project.resolve("README.md"), "java", "Client.connect")
            + "} }";
    Path jar = project.resolve("target/readme.jar");
    PluginJar.of(jar, "example.Readme", source, List.of(), before.toArray(Path[]::new));
  }

  /** Serves its conf, on a free port. */
  public ServerProcess serve(String listener) throws IOException {
    return serve(listener, "endpoint=tcp://127.0.0.1:0");
  }

  /** Serves its conf, with other values of keys of the listener. */
  public ServerProcess serve(String listener, String... keysAndValues) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/start-server.sh").toString());
    command.addAll(List.of("--config", listener + ".conf"));
    for (String each : keysAndValues) {
      command.addAll(List.of("--set", "listeners." + listener + "." + each));
    }
    return ServerProcess.start(1, Map.of(), project, command);
  }
}
