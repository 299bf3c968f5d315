package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.endpoint.Endpoint;
import parley.testing.Distribution;
import parley.testing.Markdown;
import parley.testing.Maven;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** A new user's first protocol: made by new-protocol.sh, built offline, served. */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // five Mavens, on a machine that may be busy
class NewProtocolIT {

  private static final String SCRIPT = Programs.script("new-protocol.sh");

  @TempDir private Path temp;
  private Path work;

  @BeforeEach
  void aFolderWithASpaceInItsPath() throws IOException {
    work = Files.createDirectory(temp.resolve("a b"));
  }

  private Result make(Map<String, String> environment, String script, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(0, script);
    return Programs.run(environment, "", work, command);
  }

  /** Returns a PATH whose mvn or other tool is a script of the test. */
  private Map<String, String> with(String tool, String script) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("tools"));
    Path file = Files.writeString(folder.resolve(tool), "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return Map.of("PATH", folder + ":" + System.getenv("PATH"));
  }

  private Map<String, String> withMavenThatDoesNothing() throws IOException {
    return with("mvn", "exit 0");
  }

  private static void replace(Path file, String what, String by) throws IOException {
    Files.writeString(file, Files.readString(file).replace(what, by));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void twoProtocolsAreBuiltOfflineAndServe() throws Exception {
    Programs.need("nc");
    Path home = Distribution.unpack(temp);
    try (Maven maven = Maven.withoutParley()) {
      theFirstFromAClone(maven, home);
      theSecondFromTheDistributionByItsReadme(maven, home);
    }
  }

  private void theFirstFromAClone(Maven maven, Path home) throws Exception {
    Path project = work.resolve("first one");
    Result made = make(maven.environment(), SCRIPT, "echo-lines", "org.first", "first one");
    assertThat(made.err()).isEmpty();
    assertThat(made.code()).isZero();
    assertThat(made.out())
        .startsWith("installed parley:parley:" + System.getProperty("parley.version") + " in the")
        .contains("created " + project.toRealPath() + ": EchoLinesProtocol");
    assertThat(maven.parley()).isDirectory();
    Result built = maven.run(project, "verify");
    assertThat(built.code()).as("%s", built).isZero();
    assertThat(project.resolve("target/surefire-reports/org.first.EchoLinesProtocolTest.txt"))
        .content()
        .contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");
    assertThat(names(project.resolve("target/plugins"))).containsExactly("echo-lines.jar");
    Files.copy(
        project.resolve("target/plugins/echo-lines.jar"), home.resolve("plugins/echo-lines.jar"));
    replace(project.resolve("echo-lines.conf"), ":9124", ":0");
    String start = home.resolve("bin/start-server.sh").toString();
    try (ServerProcess server =
        ServerProcess.start(1, Map.of(), project, List.of(start, "--config", "echo-lines.conf"))) {
      converse(server.endpoint());
    }
  }

  /** The commands as printed; Maven is offline without an option. */
  private void theSecondFromTheDistributionByItsReadme(Maven maven, Path home) throws Exception {
    Path project = work.resolve("second");
    Path readme = project.resolve("README.md");
    Path script = home.resolve("bin/new-protocol.sh");
    Result made = make(maven.environment(), script.toString(), "x9", "second", "second");
    assertThat(made.err()).isEmpty();
    assertThat(made.code()).isZero();
    Map<String, String> environment = new HashMap<>(maven.environment());
    environment.put("PARLEY", home.toString());
    Files.writeString(
        Files.createDirectory(work.resolve(".mvn")).resolve("maven.config"), "-o\n-q");
    String build = Markdown.listing(readme, "sh", "mvn verify");
    Result built = Programs.run(environment, "", project, List.of("sh", "-euc", build));
    assertThat(built.code()).as("%s", built).isZero();
    replace(project.resolve("x9.conf"), ":9124", ":0");
    Files.writeString(
        project.resolve("x9.conf"),
        Files.readString(work.resolve("first one/echo-lines.conf")),
        StandardOpenOption.APPEND);
    String serve = Markdown.listing(readme, "sh", "start-server.sh");
    try (ServerProcess server =
        ServerProcess.start(2, environment, project, List.of("sh", "-euc", serve))) {
      for (Endpoint endpoint : server.endpoints()) {
        converse(endpoint);
        String[] printed = Markdown.listing(readme, "", "| nc").split("\n", 2);
        assertThat(printed[0]).startsWith("$ ").endsWith(" 9124");
        String ask = printed[0].substring(2).replace("9124", endpoint.port() + "");
        assertThat(Programs.run("sh", "-c", ask)).isEqualTo(new Result(0, printed[1], ""));
      }
    }
  }

  private static void converse(Endpoint endpoint) throws IOException {
    try (Peer peer = Peer.connect(endpoint);
        Peer other = Peer.connect(endpoint)) {
      assertThat(peer.send("count\ncount\n").line()).isEqualTo("1");
      assertThat(other.send("count\n").line()).isEqualTo("1");
      assertThat(peer.line()).isEqualTo("2");
      assertThat(peer.send("reverse Grüße\n").line()).isEqualTo("eßürG");
      assertThat(peer.send("quit\n").rest()).isEqualTo("bye\n");
      assertThat(other.send("x".repeat(1025)).rest())
          .isEqualTo("ERR line too long: more than 1024 bytes\n");
    }
  }

  @Test
  void aLibraryIsPackagedUnlessParleyHasIt() throws Exception {
    Matcher archunit = // needs slf4j-api, which Parley has
        Pattern.compile("<archunit.version>(.*?)<")
            .matcher(Files.readString(Programs.HOME.resolve("pom.xml")));
    assertThat(archunit.find()).isTrue();
    String library =
        "<groupId>com.tngtech.archunit</groupId><artifactId>archunit</artifactId><version>"
            + archunit.group(1)
            + "</version>";
    Path project = work.resolve("tally");
    try (Maven maven = Maven.withoutParley()) {
      make(maven.environment(), SCRIPT, "tally", "org.tally", "tally");
      replace(
          project.resolve("pom.xml"),
          "  </dependencies>",
          "<dependency>" + library + "</dependency></dependencies>");
      Result built = maven.run(project, "-DskipTests", "package");
      assertThat(built.code()).as("%s", built).isZero();
    }
    assertThat(names(project.resolve("target/plugins")))
        .containsExactly("archunit-" + archunit.group(1) + ".jar", "tally.jar");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          9p        | org.x       | d | NAME: 9p (expected: lower-case words
          Echo      | org.x       | d | NAME: Echo (expected: lower-case words
          a-        | org.x       | d | NAME: a- (expected: lower-case words
          a--b      | org.x       | d | NAME: a--b (expected: lower-case words
          é         | org.x       | d | NAME: é (expected: lower-case words
          ''        | org.x       | d | NAME:  (expected: lower-case words
          greeting  | org.x       | d | NAME: greeting (expected: a name that no protocol in
          echo      | org.x       | d | NAME: echo (expected: a name that no protocol in
          include   | org.x       | d | NAME: include (expected: a name other than include and null
          tally     | org..x      | d | PACKAGE: org..x (expected: a Java package
          tally     | 1org        | d | PACKAGE: 1org (expected: a Java package
          tally     | org.x-y     | d | PACKAGE: org.x-y (expected: a Java package
          tally     | org.new.x   | d | PACKAGE: org.new.x (expected: a Java package; new is
          tally     | parley      | d | PACKAGE: parley (expected: a package of your own
          tally     | parley.x    | d | PACKAGE: parley.x (expected: a package of your own
          tally     | java.x      | d | PACKAGE: java.x (expected: a package of your own
          tally     | org.x       | full | DIR: full (expected: a folder that is empty or does not exist
          tally     | org.x       | full/file | DIR: full/file (expected: a folder, not a file
          tally     | org.x       | no/d | DIR: no/d (expected: a folder whose parent folder exists
          """)
  void badInputIsRejectedAndNothingIsCreated(String name, String in, String folder, String message)
      throws Exception {
    Files.createFile(Files.createDirectory(work.resolve("full")).resolve("file"));
    Result refused = make(with("mvn", "exit 1"), SCRIPT, name, in, folder);
    assertThat(refused.err()).startsWith(message).endsWith(")\n").hasLineCount(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.code()).isEqualTo(2);
    assertThat(names(work)).containsExactly("full");
    assertThat(names(work.resolve("full"))).containsExactly("file");
  }

  @Test
  void usage() throws Exception {
    Result wrong = make(Map.of(), SCRIPT, "tally", "org.tally");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).startsWith("usage: new-protocol.sh NAME PACKAGE DIR\n");
    assertThat(make(Map.of(), SCRIPT, "--help")).isEqualTo(new Result(0, wrong.err(), ""));
  }

  @Test
  void aClassIsNamedByTheWordsOfTheName() throws Exception {
    Map<String, String> environment = withMavenThatDoesNothing();
    for (String[] each :
        new String[][] {
          {"x", "x", "XProtocol"},
          {"x-9p-v2", "a.b_1.C", "X9pV2Protocol"},
          {"il", "il", "IlProtocol"}
        }) {
      Files.createDirectory(work.resolve(each[0])); // an empty folder is enough
      Result made = make(environment, SCRIPT, each[0], each[1], each[0]);
      assertThat(made.code()).as("%s", made).isZero();
      Path project = work.resolve(each[0]);
      String source = each[1].replace('.', '/') + "/" + each[2];
      assertThat(project.resolve("src/main/java/" + source + ".java")).isRegularFile();
      assertThat(project.resolve("src/test/java/" + source + "Test.java")).isRegularFile();
      assertThat(project.resolve("src/main/resources/META-INF/services/parley.protocol.Protocol"))
          .content()
          .isEqualTo(each[1] + "." + each[2] + "\n");
      try (Stream<Path> files = Files.walk(project)) {
        assertThat(files.filter(Files::isRegularFile))
            .allSatisfy(file -> assertThat(file).content().doesNotContainPattern("@[A-Z]+@"));
      }
    }
  }

  @Test
  void aFailedRunLeavesNoFiles() throws Exception {
    Result noRepository =
        make(with("mvn", "echo no network; exit 1"), SCRIPT, "tally", "org.tally", "d");
    assertThat(noRepository.code()).isEqualTo(70);
    assertThat(noRepository.err())
        .startsWith("no network\ncannot install parley:parley:")
        .endsWith(" in the local Maven repository\n");
    assertThat(work).isEmptyDirectory();

    withMavenThatDoesNothing();
    Map<String, String> full =
        with(
            "sed",
            "case $* in *ProtocolTest.java) exit 4 ;; esac; exec /usr/bin/env -u PATH sed \"$@\"");
    assertThat(make(full, SCRIPT, "tally", "org.tally", "d"))
        .satisfies(result -> assertThat(result.code()).isEqualTo(70))
        .satisfies(
            result -> assertThat(result.err()).isEqualTo("cannot create the project in d\n"));
    assertThat(work).isEmptyDirectory();
    Files.createDirectory(work.resolve("d"));
    assertThat(make(full, SCRIPT, "tally", "org.tally", "d").code()).isEqualTo(70);
    assertThat(work.resolve("d")).isEmptyDirectory();
  }

  @Test
  void itsVersionsAreThoseOfParleysOwnBuild() throws Exception {
    String own = Files.readString(Programs.HOME.resolve("pom.xml"));
    Pattern artifact =
        Pattern.compile("<artifactId>([a-z0-9-]+)</artifactId>\\s*<version>([^<]+)</version>");
    Map<String, String> known = new HashMap<>();
    artifact
        .matcher(own)
        .results()
        .forEach(each -> known.put(each.group(1), value(own, each.group(2))));
    String scaffold = Files.readString(Programs.HOME.resolve("src/scaffold/pom.xml"));
    assertThat(artifact.matcher(scaffold.replaceAll("@VERSION@", known.get("parley"))).results())
        .hasSizeGreaterThan(7)
        .allSatisfy(each -> assertThat(known).containsEntry(each.group(1), each.group(2)));
  }

  private static String value(String pom, String version) {
    String property = version.replaceAll("[${}]", "");
    int at = pom.indexOf("<" + property + ">");
    return at < 0 ? version : pom.substring(at + property.length() + 2, pom.indexOf("</", at));
  }
}
