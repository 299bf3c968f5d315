package parley;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Markdown.code;
import static parley.testing.Markdown.table;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import parley.protocol.Setting;
import parley.server.Limits;
import parley.session.EndReason;
import parley.testing.Markdown;
import parley.testing.Programs;

/** Names, numbers and places on the pages agree with the sources. */
class DocsTest {

  private static final Path README = Programs.HOME.resolve("README.md");
  private static final Path CONTRIBUTING = Programs.HOME.resolve("CONTRIBUTING.md");
  private static final Path DOCS = Programs.HOME.resolve("docs");
  private static final Path CONFIGURATION = DOCS.resolve("configuration.md");
  private static final Path SOURCES = Programs.HOME.resolve("src/main/java/parley");

  /** The placeholders in a log line: for a number, a name, the rest. */
  private static final Pattern VARIES =
      Pattern.compile(
          "\\b(N|M|ADDRESS|NAME|LISTENER|Nms|[A-Z][a-z]+[A-Z]\\w+)\\b|\\d+( m?s)?|\\.\\.\\.");

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(each -> each.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files(DOCS, ".md"));
    pages.addAll(files(Programs.HOME.resolve("src/examples"), "README.md"));
    pages.add(README);
    pages.add(Programs.HOME.resolve("CHANGELOG.md"));
    pages.add(Programs.HOME.resolve("SECURITY.md"));
    pages.add(CONTRIBUTING);
    return pages;
  }

  private static Stream<MatchResult> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results();
  }

  /** Returns a heading's anchor, as GitHub makes it. */
  private static Set<String> anchors(Path page) throws IOException {
    return found("(?m)^#+ (.*)$", Files.readString(page))
        .map(each -> each.group(1).toLowerCase(Locale.ROOT))
        .map(each -> each.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void eachLinkLeadsToAPlace() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher links =
          Pattern.compile("]\\(([^)#\\s]*)(?:#([^)]*))?\\)").matcher(Files.readString(page));
      while (links.find()) {
        Path to = links.group(1).isEmpty() ? page : page.resolveSibling(links.group(1)).normalize();
        boolean isAnchor = links.group(2) != null && to.toString().endsWith(".md");
        if (!links.group(1).startsWith("http")
            && (!Files.exists(to) || (isAnchor && !anchors(to).contains(links.group(2))))) {
          broken.add(page + ": " + links.group());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** A link with the text {@code X.md} leads to that page. */
  @Test
  void eachLinkWithAPageAsItsTextLeadsToIt() throws IOException {
    List<String> others = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      for (MatchResult link :
          found("\\[`?([\\w./-]+\\.md)`?]\\(([^)#]+)(#[^)]*)?\\)", Files.readString(page))
              .toList()) {
        links++;
        if (!link.group(2).endsWith(link.group(1).replaceFirst("^.*/", ""))) {
          others.add(page + ": " + link.group());
        }
      }
    }
    assertThat(others).isEmpty();
    assertThat(links).isGreaterThan(100);
  }

  @Test
  void eachTestThatAPageNamesIsThere() throws IOException {
    Set<String> tests =
        files(Programs.HOME.resolve("src"), ".java").stream()
            .map(each -> each.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    Set<String> named = new TreeSet<>();
    for (Path page : pages()) {
      found("`([A-Z]\\w*[a-z](?:Test|IT))`", Files.readString(page))
          .forEach(each -> named.add(each.group(1)));
    }
    assertThat(named).hasSizeGreaterThan(30).isSubsetOf(tests);
  }

  /** Names on the pages with another meaning: words on the wire, and bad names of classes. */
  private static final Set<String> NO_CLASSES =
      Set.of(
          "Ada",
          "Hello",
          "World",
          "IFoo",
          "FooImpl",
          "FooManager",
          "FooUtils",
          "DefaultFoo",
          "NewFoo",
          "Sweep");

  /** Packages of classes that pages name and no source imports. */
  private static final List<String> PACKAGES =
      List.of(
          "java.io.",
          "java.lang.",
          "java.util.",
          "sun.nio.ch.",
          "org.apache.mina.core.filterchain.DefaultIoFilterChain$",
          "org.apache.mina.core.future.",
          "org.apache.mina.filter.codec.serialization.",
          "org.apache.mina.transport.socket.nio.");

  /** Source trees that reuse short names that the engine once had. */
  private static final List<Path> SIDE_TREES =
      List.of(SOURCES.resolve("proving"), Programs.HOME.resolve("src/bench"));

  private static boolean isInPackages(String name) {
    return PACKAGES.stream()
        .anyMatch(
            in -> {
              try {
                return Class.forName(in + name, false, DocsTest.class.getClassLoader()) != null;
              } catch (ClassNotFoundException e) {
                return false;
              }
            });
  }

  /** The types that the sources declare or import, except package-private ones of side trees. */
  private static Set<String> types() throws IOException {
    Set<String> types = new TreeSet<>();
    for (Path each : files(Programs.HOME.resolve("src"), ".java")) {
      String source = Files.readString(each);
      if (SIDE_TREES.stream().noneMatch(each::startsWith) || source.contains("\npublic ")) {
        found("\\b(?:class|record|interface|enum) ([A-Z]\\w*)", source)
            .forEach(type -> types.add(type.group(1)));
      }
      found("(?m)^import [\\w.]*?\\.([A-Z]\\w*)", source).forEach(type -> types.add(type.group(1)));
    }
    return types;
  }

  /** A class that was renamed or removed is reported with its page. */
  @Test
  void eachClassThatAPageNamesIsThere() throws IOException {
    Set<String> types = types();
    List<String> gone = new ArrayList<>();
    int named = 0;
    for (Path page : pages()) {
      String text = Files.readString(page);
      Set<String> known = new TreeSet<>(NO_CLASSES);
      found("\\b(?:class|record) (\\w+)", text).forEach(each -> known.add(each.group(1)));
      for (MatchResult each : found("`@?([A-Z][a-z]\\w*)[`.(]", text).toList()) {
        String name = each.group(1);
        named++;
        if (!types.contains(name) && !known.contains(name) && !isInPackages(name)) {
          gone.add(page.getFileName() + ": " + name);
        }
      }
    }
    assertThat(gone).isEmpty();
    assertThat(named).isGreaterThan(300);
  }

  /** Each package of integration tests has its row. */
  @Test
  void eachSubjectOfIntegrationTestsIsInContributing() throws IOException {
    Path tests = Programs.HOME.resolve("src/test/java");
    List<String> packages =
        files(tests.resolve("parley/it"), "package-info.java").stream()
            .map(each -> tests.relativize(each.getParent()).toString().replace('/', '.'))
            .toList();
    assertThat(table(CONTRIBUTING, "package").stream().flatMap(row -> code(row[0]).stream()))
        .containsExactlyElementsOf(packages);
  }

  /**
   * The code on a line for a link's text: a constructor for a class, otherwise a call or a
   * declaration.
   */
  private static Pattern place(String text) {
    if (text.matches("[A-Z]\\w+")) {
      return Pattern.compile("(class|record) " + text + "\\b");
    }
    String name = text.replaceFirst("^[A-Z]\\w+\\.", "");
    return Pattern.compile("\\b" + Pattern.quote(name.endsWith(")") ? name : name + "("));
  }

  /** Each link of the sockets page leads to a source that has the code of its text. */
  @Test
  void eachPlaceInSocketsIsThere() throws IOException {
    List<String> missing = new ArrayList<>();
    List<MatchResult> links =
        found("\\[`([^`]+)`]\\(\\.\\./([^)#]+)\\)", Files.readString(DOCS.resolve("sockets.md")))
            .toList();
    for (MatchResult link : links) {
      Pattern place = place(link.group(1));
      try (Stream<String> lines = Files.lines(Programs.HOME.resolve(link.group(2)))) {
        if (lines.noneMatch(line -> place.matcher(line).find())) {
          missing.add(link.group());
        }
      }
    }
    assertThat(links).hasSizeGreaterThan(20);
    assertThat(missing).isEmpty();
  }

  @Test
  void eachLimitIsInTheTableOfBounds() throws IOException {
    assertThat(table(DOCS.resolve("operations.md"), "bound"))
        .flatExtracting(row -> code(row[0]))
        .containsAll(Limits.ALL.stream().map(Setting::key).toList());
  }

  /** The blocks of reference.conf that a key of a table belongs to. */
  private static List<String> blocks(String table, String key, String cell) {
    boolean isClient = cell.contains("`" + key + "` (client)");
    return switch (table) {
      case "limit" -> List.of("listener.limits.");
      case "PROXY key" -> List.of("listener.proxy-protocol.");
      case "TLS key" ->
          isClient
              ? List.of("client.tls.")
              : cell.contains("(listener)")
                  ? List.of("listener.tls.")
                  : List.of("listener.tls.", "client.tls.");
      default ->
          key.startsWith("listeners.NAME.")
              ? List.of("listener.")
              : isClient
                  ? List.of("client.")
                  : cell.contains("(both)") ? List.of("server.", "client.") : List.of("server.");
    };
  }

  /** The default of a row: a value, several, none, or the listing below the table. */
  private static String defaultOf(String cell) throws IOException {
    return cell.equals("below")
        ? Markdown.listing(CONFIGURATION, "", "TLS_").strip().replace("\n", ", ")
        : String.join(", ", code(cell));
  }

  private static String shown(Object value) {
    return value instanceof List<?> several
        ? several.stream().map(String::valueOf).collect(joining(", "))
        : value + "";
  }

  /** Keys without a default in reference.conf. */
  private static final List<String> WITHOUT_DEFAULT =
      List.of("listener.endpoint", "listener.protocol", "listener.settings", "client.settings");

  /** A key that is missing, that is there twice, or that has another default is reported. */
  @Test
  void eachKeyOfReferenceConfIsOnceOnThePageWithItsDefault() throws IOException {
    List<String> expected = new ArrayList<>();
    WITHOUT_DEFAULT.forEach(each -> expected.add(each + " = "));
    ConfigFactory.parseResources("parley/cli/reference.conf")
        .entrySet()
        .forEach(each -> expected.add(each.getKey() + " = " + shown(each.getValue().unwrapped())));
    List<String> onThePage = new ArrayList<>();
    for (String table : List.of("essential", "frequent", "rare", "limit", "TLS key", "PROXY key")) {
      for (String[] row : table(CONFIGURATION, table)) {
        for (String key : code(row[0])) {
          for (String block : blocks(table, key, row[0])) {
            onThePage.add(
                block + key.replaceFirst("^listeners\\.NAME\\.", "") + " = " + defaultOf(row[1]));
          }
        }
      }
    }
    assertThat(onThePage).containsExactlyInAnyOrderElementsOf(expected).hasSizeGreaterThan(50);
  }

  @Test
  void theLibrariesHaveTheVersionsOfTheBuild() throws IOException {
    StringBuilder builds = new StringBuilder(Files.readString(Programs.HOME.resolve("pom.xml")));
    for (Path each : files(Programs.HOME.resolve("src"), "pom.xml")) {
      builds.append(Files.readString(each));
    }
    List<String> versions = new ArrayList<>();
    for (String[] row : table(DOCS.resolve("libraries.md"), "library")) {
      found("\\d+(\\.\\d+)+", row[0]).forEach(each -> versions.add(each.group()));
    }
    assertThat(versions)
        .hasSizeGreaterThan(20)
        .allMatch(
            each ->
                found("[>:]" + Pattern.quote(each) + "[<.]", builds + "").findAny().isPresent());
  }

  private static Set<Integer> helped(String command) throws IOException {
    String source = Files.readString(SOURCES.resolve("cli").resolve(command + ".java"));
    String codes = source.substring(source.indexOf("Exit codes:"));
    return found(
            "\\b(\\d+) [A-Za-z]",
            codes.substring(0, codes.indexOf("\"\"\"")).replaceAll("\\s+", " "))
        .map(each -> Integer.parseInt(each.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void thePageAndTheHelpsHaveTheSameExitCodes() throws IOException {
    Set<Integer> server = new TreeSet<>();
    Set<Integer> client = new TreeSet<>();
    for (String[] row : table(DOCS.resolve("commands.md"), "code")) {
      if (!row[1].isEmpty()) {
        server.add(Integer.parseInt(row[0]));
      }
      if (row.length > 2 && !row[2].isEmpty()) {
        client.add(Integer.parseInt(row[0]));
      }
    }
    assertThat(helped("StartServer")).isEqualTo(server);
    assertThat(helped("HelloClient")).isEqualTo(client);
    server.addAll(client);
    assertThat(server)
        .containsAll(
            found("= (\\d+);", Files.readString(SOURCES.resolve("cli/Exit.java")))
                .map(each -> Integer.parseInt(each.group(1)))
                .toList());
  }

  /** Returns the code on a page: its listings line by line, and what is between backquotes. */
  private static List<String> quotes(Path page) throws IOException {
    List<String> quotes = new ArrayList<>();
    String[] parts = Files.readString(page).split("(?m)^ *```\\w*$");
    for (int i = 0; i < parts.length; i++) {
      quotes.addAll(i % 2 == 1 ? parts[i].lines().toList() : code(parts[i]));
    }
    return quotes.stream().map(each -> each.strip().replaceAll("\\s+", " ")).toList();
  }

  private static String event(String line) {
    return line.replaceFirst(": .*", ": ");
  }

  /** Returns the log lines on a page that start with one of some events, without their level. */
  private static List<String> logLines(Path page, Set<String> events) throws IOException {
    return quotes(page).stream()
        .map(each -> each.replaceFirst("^(.* )?(DEBUG|INFO|WARN|ERROR) ", ""))
        .filter(each -> events.contains(event(each)))
        .toList();
  }

  /** In a template of docs/messages.md, {@code ...} stands for anything. */
  private static Pattern template(String text) {
    return Pattern.compile(
        Arrays.stream(text.split("\\.\\.\\.", -1)).map(Pattern::quote).collect(joining(".*")));
  }

  @Test
  void eachLogLineOnAPageIsAsOnThePageOfMessages() throws IOException {
    List<String> known =
        table(DOCS.resolve("messages.md"), "level").stream()
            .map(row -> code(row[1]).get(0))
            .filter(line -> !line.startsWith("...") && line.contains(": "))
            .toList();
    Set<String> events = known.stream().map(DocsTest::event).collect(Collectors.toSet());
    List<Pattern> templates = known.stream().map(DocsTest::template).toList();
    List<String> unknown = new ArrayList<>();
    int lines = 0;
    for (Path page : pages()) {
      for (String line : logLines(page, events)) {
        lines++;
        if (templates.stream().noneMatch(each -> each.matcher(line).matches())) {
          unknown.add(page + ": " + line);
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(lines - known.size()).isGreaterThan(15);
  }

  /** All texts of the sources; texts split for their length are joined. */
  private static List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    for (Path each : files(SOURCES, ".java")) {
      String source = Files.readString(each).replaceAll("\"\\s*\\+\\s*\"", "");
      found("\"((?:[^\"\\\\\n]|\\\\.)*)\"", source).forEach(text -> texts.add(text.group(1)));
    }
    return texts;
  }

  private static final Pattern END = Pattern.compile("reason=(\\w+) detail=\"(.*)\"");

  /**
   * Returns the parts of a line that are in no text of the sources. Variable values and
   * placeholders divide a line into parts.
   */
  private static List<String> missing(List<String> texts, String line) {
    Matcher end = END.matcher(line);
    if (end.matches()) {
      EndReason.valueOf(end.group(1).toUpperCase(Locale.ROOT));
    }
    String detail = end.matches() ? end.group(2) : line.replaceFirst("^ERR ", "");
    String words = VARIES.matcher(detail).replaceAll(":");
    return Arrays.stream(words.split("[:;,=\"]"))
        .map(String::strip)
        .filter(part -> !part.equals("Too many open files")) // the system's text
        .filter(part -> texts.stream().noneMatch(text -> text.contains(part)))
        .map(part -> "\"" + part + "\" of " + line)
        .toList();
  }

  @Test
  void eachLineOfTheLogThatAPageNamesIsInTheSources() throws IOException {
    List<String> texts = texts();
    List<String> lines = new ArrayList<>();
    List<String> reasons = Arrays.stream(EndReason.values()).map(EndReason::label).toList();
    for (String[] row : table(DOCS.resolve("operations.md"), "bound")) {
      lines.addAll(code(row[1]).stream().filter(each -> each.startsWith("ERR ")).toList());
      lines.addAll(row[2].matches("(INFO|WARN|ERROR) .*") ? code(row[2]) : List.of());
      lines.removeAll(reasons); // session-end.md has their lines
    }
    for (String[] row : table(DOCS.resolve("session-end.md"), "reason")) {
      lines.addAll(
          code(row[6]).stream().map(each -> each.replaceFirst("^session closed: ", "")).toList());
    }
    assertThat(lines.stream().flatMap(each -> missing(texts, each).stream())).isEmpty();
    assertThat(lines).hasSizeGreaterThan(25);
  }
}
