package parley.it.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import parley.internal.tls.Certs;
import parley.testing.Distribution;
import parley.testing.Markdown;
import parley.testing.Maven;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** The three artifacts, with an application of each: docs/artifacts.md lists their dependencies. */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // three builds, on a machine that may be busy
class ArtifactsIT {

  private static final Path PAGE = Programs.HOME.resolve("docs/artifacts.md");
  private static final Path LIB = Programs.HOME.resolve("target/lib");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin/java").toString();

  @TempDir private Path temp;

  private static Path jar(String suffix) {
    return LIB.resolve("parley-" + Distribution.VERSION + suffix + ".jar");
  }

  /** Returns the dependencies in a row of the page's table. */
  private static List<String> row(String part) throws IOException {
    String row =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| " + part + " |"))
            .findFirst()
            .orElseThrow();
    return Pattern.compile("`([^`]+:[^`]+)`")
        .matcher(row.split("\\|")[2])
        .results()
        .map(each -> each.group(1))
        .toList();
  }

  private static List<String> rows(String... parts) throws IOException {
    List<String> rows = new ArrayList<>();
    for (String each : parts) {
      rows.addAll(row(each));
    }
    return rows;
  }

  /** Returns their names without version, {@code parley-proving} for the one with a classifier. */
  private static List<String> names(List<Path> jars) {
    return jars.stream()
        .map(each -> each.getFileName().toString())
        .map(each -> each.replaceFirst("-\\d+(\\.\\d+)+", "").replace(".jar", ""))
        .sorted()
        .toList();
  }

  private static String path(List<Path> jars) {
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void eachFileIsInOneOfThem() throws IOException {
    List<String> packed = new ArrayList<>();
    for (String suffix : List.of("", "-proving", "-cli")) {
      try (JarFile jar = new JarFile(jar(suffix).toFile())) {
        jar.stream()
            .filter(each -> !each.isDirectory())
            .map(ZipEntry::getName)
            .filter(each -> !each.startsWith("META-INF/maven/") && !each.endsWith("MANIFEST.MF"))
            .forEach(packed::add);
      }
    }
    Path classes = Programs.HOME.resolve("target/classes");
    try (Stream<Path> files = Files.walk(classes)) {
      assertThat(packed)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .filter(Files::isRegularFile)
                  .map(each -> classes.relativize(each).toString())
                  .toList());
    }
  }

  @Test
  void theyAreModulesThatShareNoPackage() {
    Map<String, List<String>> packages = new TreeMap<>();
    for (ModuleReference each : ModuleFinder.of(jar(""), jar("-proving"), jar("-cli")).findAll()) {
      packages.put(
          each.descriptor().name(), each.descriptor().packages().stream().sorted().toList());
    }
    assertThat(packages).containsOnlyKeys("parley", "parley.cli", "parley.proving");
    assertThat(packages.get("parley.cli")).containsExactly("parley.cli");
    assertThat(packages.get("parley.proving")).containsExactly("parley.proving");
    assertThat(packages.get("parley"))
        .contains("parley.server", "parley.client")
        .doesNotContain("parley.cli", "parley.proving");
  }

  /** Only the jar that the scripts start names other jars: javac warns if those are missing. */
  @Test
  void onlyTheCommandsJarNamesOthers() throws IOException {
    assertThat(classPath("")).isEmpty();
    assertThat(classPath("-proving")).isEmpty();
    try (Stream<Path> jars = Files.list(LIB)) {
      assertThat(classPath("-cli"))
          .containsExactlyInAnyOrderElementsOf(
              jars.map(each -> each.getFileName().toString())
                  .filter(each -> each.endsWith(".jar"))
                  .filter(each -> !each.equals(jar("-cli").getFileName().toString()))
                  .toList());
    }
  }

  private static List<String> classPath(String suffix) throws IOException {
    try (JarFile jar = new JarFile(jar(suffix).toFile())) {
      String names = jar.getManifest().getMainAttributes().getValue("Class-Path");
      return names == null ? List.of() : Arrays.asList(names.split(" "));
    }
  }

  @Test
  void thePagesVersionsAreThoseOfTheBuild() throws IOException {
    String pom = Files.readString(Programs.HOME.resolve("pom.xml"));
    for (String each : rows("core", "PEM", "proving kit", "commands", "log")) {
      String[] parts = each.split(":");
      assertThat(pom).contains("<artifactId>" + parts[1] + "</artifactId>");
      assertThat(pom).contains("version>" + parts[2] + "</");
    }
  }

  /** A server and a client, on the class path and as a module. */
  @Test
  void coreAlone() throws Exception {
    try (Maven maven = Maven.withParley()) {
      Consumer consumer = Consumer.of(temp, maven, row("core"), List.of());
      consumer.write("src/main/java/module-info.java", Markdown.listing(PAGE, "java", "module "));
      consumer.write(
          "src/main/java/consumer/Greeting.java",
          """
          package consumer;

          import parley.client.Client;
          import parley.protocol.greeting.GreetingProtocol;
          import parley.server.Server;

          public final class Greeting {
            public static void main(String[] args) throws Exception {
              GreetingProtocol greeting = new GreetingProtocol();
              try (Server server = Server.serve("tcp://127.0.0.1:0", greeting);
                  Client<String, String> client = Client.connect(server.endpoint(), greeting)) {
                System.out.println(client.ask("Ada").join());
              }
            }
          }
          """);
      List<Path> jars = consumer.build("test", "compile");
      assertThat(names(jars)).containsExactly("jspecify", "mina-core", "parley", "slf4j-api");
      List<Path> all = new ArrayList<>(jars);
      all.add(temp.resolve("target/classes"));
      for (List<String> command :
          List.of(
              List.of(JAVA, "-cp", path(all), "consumer.Greeting"),
              List.of(JAVA, "-p", path(all), "-m", "consumer/consumer.Greeting"))) {
        Result ran = Programs.run(Map.of(), "", temp, command);
        assertThat(ran.code()).as("%s", ran).isZero();
        assertThat(ran.out()).isEqualTo("Hello, Ada!\n");
      }
    }
  }

  @Test
  void theProvingKitInATest() throws Exception {
    try (Maven maven = Maven.withParley()) {
      List<String> ofTests = new ArrayList<>(row("proving kit"));
      ofTests.add("org.junit.jupiter:junit-jupiter:" + version("junit"));
      Consumer consumer = Consumer.of(temp, maven, row("core"), ofTests);
      consumer.write(
          "src/test/java/consumer/GreetingTest.java",
          """
          package consumer;

          import org.junit.jupiter.api.Test;
          import parley.protocol.greeting.GreetingProtocol;
          import parley.proving.Proof;
          import parley.proving.Transcript;

          class GreetingTest {
            @Test
            void proved() {
              Proof.of(new GreetingProtocol())
                  .transcript(
                      Transcript.named("greeted")
                          .receives("Hello, World!\\n")
                          .sends("Ada\\n")
                          .receives("Hello, Ada!\\n"))
                  .check();
            }
          }
          """);
      assertThat(names(consumer.build("runtime", "test")))
          .containsExactly("jspecify", "mina-core", "parley", "slf4j-api");
      assertThat(temp.resolve("target/surefire-reports/consumer.GreetingTest.txt"))
          .content()
          .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
    }
  }

  private static String version(String library) throws IOException {
    return Files.readString(Programs.HOME.resolve("pom.xml"))
        .split("<" + library + ".version>")[1]
        .split("<")[0];
  }

  /** The commands without their optional libraries, and with TLS. */
  @Test
  void theCommands() throws Exception {
    try (Maven maven = Maven.withParley()) {
      Consumer consumer =
          Consumer.of(temp, maven, rows("core", "commands", "PEM", "log"), List.of());
      List<Path> all = consumer.build("runtime");
      List<Path> least =
          all.stream()
              .filter(each -> !names(List.of(each)).get(0).matches("bc.*|log4j.*"))
              .toList();
      assertThat(names(least))
          .containsExactly(
              "commons-cli",
              "config",
              "jline",
              "jspecify",
              "mina-core",
              "parley",
              "parley-cli",
              "slf4j-api");
      asked(least, "tcp://127.0.0.1:0", List.of(), List.of());
      Path certs = Certs.folder();
      asked(
          all,
          "tls://127.0.0.1:0",
          List.of(
              "--set",
              "listeners.greeting.tls.certificate=" + certs.resolve("server.pem"),
              "--set",
              "listeners.greeting.tls.key=" + certs.resolve("server.key")),
          List.of("--ca", certs.resolve("ca.pem").toString()));
    }
  }

  /** Starts a server with a class path, and sends it a request. */
  private void asked(List<Path> jars, String endpoint, List<String> ofServer, List<String> ofClient)
      throws Exception {
    List<String> start =
        new ArrayList<>(List.of(JAVA, "-cp", path(jars), "parley.cli.StartServer"));
    start.addAll(List.of("--config", "/dev/null"));
    start.addAll(List.of("--set", "listeners.greeting.protocol=greeting"));
    start.addAll(List.of("--set", "listeners.greeting.endpoint=" + endpoint));
    start.addAll(ofServer);
    try (ServerProcess server = ServerProcess.start(1, Map.of(), temp, start)) {
      List<String> ask =
          new ArrayList<>(List.of(JAVA, "-cp", path(jars), "parley.cli.HelloClient"));
      ask.addAll(List.of("--config", "/dev/null"));
      ask.addAll(List.of("--endpoint", server.endpoint().toString()));
      ask.addAll(ofClient);
      ask.add("Ada");
      assertThat(Programs.run(Map.of(), "", temp, ask))
          .isEqualTo(new Result(0, "Hello, Ada!\n", ""));
      assertThat(server.stop()).isZero();
    }
  }
}
