package parley.it.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import parley.testing.Maven;
import parley.testing.Programs.Result;

/** A Maven project outside of Parley that depends on its artifacts. */
record Consumer(Path project, Maven maven) {

  private static final String BUILD_CLASSPATH =
      "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath";

  private static final String POM =
      """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <groupId>consumer</groupId>
        <artifactId>consumer</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencies>
      %s
        </dependencies>
        <build>
          <plugins>
            <plugin>
              <artifactId>maven-resources-plugin</artifactId>
              <version>3.5.0</version>
            </plugin>
            <plugin>
              <artifactId>maven-compiler-plugin</artifactId>
              <version>3.16.0</version>
              <configuration>
                <showWarnings>true</showWarnings>
                <compilerArgs>
                  <arg>-Xlint:all,-processing,-requires-automatic</arg>
                  <arg>-Werror</arg>
                </compilerArgs>
              </configuration>
            </plugin>
            <plugin>
              <artifactId>maven-surefire-plugin</artifactId>
              <version>3.6.1</version>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  /**
   * Creates the project.
   *
   * @param dependencies group:artifact:version, perhaps with a classifier
   * @param ofTests the dependencies of scope test
   */
  static Consumer of(Path project, Maven maven, List<String> dependencies, List<String> ofTests)
      throws IOException {
    String all = dependencies(dependencies, "compile") + dependencies(ofTests, "test");
    Files.writeString(project.resolve("pom.xml"), POM.formatted(all));
    return new Consumer(project, maven);
  }

  private static String dependencies(List<String> coordinates, String scope) {
    return coordinates.stream()
        .map(each -> dependency(each.split(":"), scope))
        .collect(Collectors.joining());
  }

  private static String dependency(String[] parts, String scope) {
    String classifier = parts.length > 3 ? "<classifier>" + parts[3] + "</classifier>" : "";
    return String.format(
        "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>%s"
            + "<scope>%s</scope></dependency>%n",
        parts[0], parts[1], parts[2], classifier, scope);
  }

  void write(String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /**
   * Runs phases of its build.
   *
   * @return the jars that Maven resolves for a scope
   */
  List<Path> build(String scope, String... phases) throws Exception {
    Path list = project.resolve("classpath");
    String[] goals = Arrays.copyOf(phases, phases.length + 3);
    goals[phases.length] = BUILD_CLASSPATH;
    goals[phases.length + 1] = "-Dmdep.outputFile=" + list;
    goals[phases.length + 2] = "-DincludeScope=" + scope;
    Result built = maven.run(project, goals);
    assertThat(built.code()).as("%s", built).isZero();
    return Arrays.stream(Files.readString(list).split(File.pathSeparator)).map(Path::of).toList();
  }
}
