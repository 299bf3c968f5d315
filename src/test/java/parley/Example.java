package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import parley.Programs.Result;

/** The projects under src/examples. */
public final class Example {

  private static final String INSTALL =
      "org.apache.maven.plugins:maven-install-plugin:3.2.0:install-file";

  private Example() {}

  /** Builds and tests one, in a copy, against the Parley of this build; returns its folder. */
  public static Path build(String name, Path temp) throws Exception {
    Path project = temp.resolve(name);
    copy(Programs.HOME.resolve("src/examples").resolve(name), project);
    try (Maven maven = Maven.withoutParley()) {
      String jar = "target/lib/parley-" + System.getProperty("parley.version") + ".jar";
      Result installed = maven.run(temp, INSTALL, "-Dfile=" + Programs.HOME.resolve(jar));
      assertThat(installed.code()).as("%s", installed).isZero();
      Result built = maven.run(project, "verify");
      assertThat(built.code()).as("%s", built).isZero();
    }
    return project;
  }

  /** All but what an earlier build has left. */
  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(from)) {
      all = files.filter(each -> !each.startsWith(from.resolve("target"))).toList();
    }
    for (Path each : all) {
      Files.copy(each, to.resolve(from.relativize(each)));
    }
  }
}
