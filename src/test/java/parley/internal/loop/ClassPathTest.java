package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.PluginJar;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/**
 * Another mina-core before Parley's own on the class path causes one line, before other failures.
 */
class ClassPathTest {

  private static final String SLF4J = "target/other-slf4j/slf4j-api-1.7.36.jar";
  private static final String EXPECTED =
      " is first on the class path (expected: mina-core " + ClassPath.MINA + ", or a later 2.2)";

  @TempDir private Path folder;

  private Result run(Path mina, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                mina + File.pathSeparator + System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return Programs.run(Map.of(), "", folder, command);
  }

  private static String problem(Path mina, String version) {
    return "mina-core " + version + " of " + mina + EXPECTED;
  }

  @ParameterizedTest
  @ValueSource(strings = {"StartServer --check-config", "StartServer", "HelloClient Ada"})
  void aCommandEnds(String command) throws Exception {
    Path other = PluginJar.otherMina();
    assertThat(run(other, ("parley.cli." + command).split(" ")))
        .isEqualTo(new Result(70, "", problem(other, "2.0.27") + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client", "connector", "loops"})
  void codeThatEmbedsParleyGetsAnException(String what) throws Exception {
    Path other = PluginJar.otherMina();
    assertThat(run(other, Embedding.class.getName(), what))
        .isEqualTo(
            new Result(
                0, "java.lang.IllegalStateException: " + problem(other, "2.0.27") + "\n", ""));
  }

  /** MINA 2.0 needs an older SLF4J, so an application may have one. */
  @Test
  void anOlderSlf4j() throws Exception {
    Path older = Programs.HOME.resolve(SLF4J);
    String problem =
        "slf4j-api 1.7.36 of " + older + " is first on the class path (expected: slf4j-api 2.0)";
    assertThat(run(older, "parley.cli.StartServer", "--check-config"))
        .satisfies(result -> assertThat(result.code()).isEqualTo(70))
        .satisfies(result -> assertThat(result.err()).endsWith(problem + "\n"));
    assertThat(run(older, Embedding.class.getName(), "server").out())
        .isEqualTo("java.lang.IllegalStateException: " + problem + "\n");
  }

  /** An application that is one jar has the classes alone. */
  @Test
  void aMinaOfUnknownVersion() throws Exception {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    Result unpacked =
        Programs.run(
            Map.of(),
            "",
            classes,
            List.of(
                System.getProperty("java.home") + "/bin/jar",
                "xf",
                PluginJar.otherMina().toString()));
    assertThat(unpacked.code()).as("%s", unpacked).isZero();
    assertThat(run(classes, "parley.cli.StartServer", "--check-config"))
        .isEqualTo(new Result(70, "", problem(classes, "2.0.27") + "\n"));
    Files.delete(classes.resolve("META-INF/maven/org.apache.mina/mina-core/pom.properties"));
    assertThat(run(classes, "parley.cli.StartServer", "--check-config"))
        .isEqualTo(new Result(70, "", problem(classes, "(version unknown)") + "\n"));
  }

  @Test
  void parleysOwnMina() {
    assertThat(ClassPath.problem()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2.2.10, true",
    "2.2.11, true",
    "2.2.100-SNAPSHOT, true",
    "2.2.9, false",
    "2.2.1, false",
    "2.1.10, false",
    "2.3.0, false",
    "3.0.0-M2, false",
    "2.2, false",
    "'', false",
    "x, false"
  })
  void versionsThatFit(String version, boolean fits) {
    assertThat(ClassPath.fits(version)).isEqualTo(fits);
  }

  @Test
  void theExpectedVersionIsThatOfTheBuild() throws Exception {
    Matcher version =
        Pattern.compile("<mina.version>(.*)</mina.version>")
            .matcher(Files.readString(Programs.HOME.resolve("pom.xml")));
    assertThat(version.results().map(found -> found.group(1))).containsExactly(ClassPath.MINA);
    assertThat(Stream.of("2.2.10")).contains(ClassPath.MINA); // the cases above are based on it
  }
}
