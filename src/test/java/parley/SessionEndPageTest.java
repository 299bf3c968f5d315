package parley;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Markdown.code;
import static parley.testing.Markdown.table;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import parley.session.EndReason;
import parley.testing.Programs;

/**
 * docs/session-end.md lists each reason with the classes that report it, its keys and its log
 * lines.
 */
class SessionEndPageTest {

  private static final Path PAGE = Programs.HOME.resolve("docs/session-end.md");
  private static final Path SOURCES = Programs.HOME.resolve("src/main/java");
  private static final Pattern LINK = Pattern.compile("\\[`(\\w+)`]\\(([^)]+)\\)");
  private static final Pattern REPORTED = Pattern.compile("EndReason\\.([A-Z_]+)");

  private enum Column {
    REASON,
    CAUSE,
    CLASSES,
    INPUT,
    LAST_WORD,
    BOUND,
    LOG;

    String of(String[] row) {
      return row[ordinal()];
    }
  }

  private static List<String[]> rows() throws IOException {
    return table(PAGE, "reason");
  }

  private static String reason(String[] row) {
    return code(Column.REASON.of(row)).get(0);
  }

  @Test
  void eachReasonHasItsRow() throws IOException {
    assertThat(rows().stream().map(row -> Column.REASON.of(row)))
        .containsExactlyElementsOf(
            Arrays.stream(EndReason.values()).map(reason -> "`" + reason.label() + "`").toList());
  }

  @Test
  void eachRowIsComplete() throws IOException {
    assertThat(rows())
        .allSatisfy(
            row -> assertThat(row).hasSize(Column.values().length).doesNotContain("", "..."));
  }

  @Test
  void eachClassIsWhereItsLinkLeads() throws IOException {
    List<MatchResult> links = LINK.matcher(Files.readString(PAGE)).results().toList();
    assertThat(links)
        .hasSizeGreaterThan(EndReason.values().length)
        .allSatisfy(
            link -> {
              Path source = PAGE.resolveSibling(link.group(2)).normalize();
              assertThat(source).isRegularFile().hasFileName(link.group(1) + ".java");
            });
  }

  /** Returns the classes whose source names a reason, by its label. */
  private static Map<String, Set<String>> reporters() throws IOException {
    Map<String, Set<String>> reporters = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path each : all.filter(file -> file.toString().endsWith(".java")).toList()) {
        String name = each.getFileName().toString().replace(".java", "");
        REPORTED
            .matcher(Files.readString(each))
            .results()
            .map(found -> EndReason.valueOf(found.group(1)).label())
            .forEach(label -> reporters.computeIfAbsent(label, any -> new TreeSet<>()).add(name));
      }
    }
    return reporters;
  }

  /** A row may list more: the class that calls the one that names the reason. */
  @Test
  void eachClassThatReportsAReasonIsInItsRow() throws IOException {
    Map<String, Set<String>> reporters = reporters();
    for (String[] row : rows()) {
      List<String> linked =
          LINK.matcher(Column.CLASSES.of(row)).results().map(link -> link.group(1)).toList();
      assertThat(linked)
          .as(reason(row))
          .containsAll(reporters.getOrDefault(reason(row), Set.of("a class that reports it")))
          .isEqualTo(code(Column.CLASSES.of(row)));
    }
  }

  @Test
  void eachKeyIsInReferenceConf() throws IOException {
    Set<String> keys =
        ConfigFactory.parseResources("parley/cli/reference.conf").entrySet().stream()
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    for (String[] row : rows()) {
      assertThat(code(Column.BOUND.of(row)).stream().filter(each -> each.contains("-")))
          .as(reason(row))
          .allMatch(key -> keys.stream().anyMatch(each -> each.endsWith("." + key)));
    }
  }

  /** Operations has the exceptions, and leaves the log lines to this page. */
  @Test
  void eachReasonIsInTheTableOfOperations() throws IOException {
    Path operations = PAGE.resolveSibling("operations.md");
    assertThat(table(operations, "reason").stream().flatMap(row -> code(row[0]).stream()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(EndReason.values()).map(EndReason::label).toList());
    assertThat(operations).content().doesNotContain("detail=\"");
  }

  /** DocsTest compares their words. */
  @Test
  void eachLogLineHasTheReasonOfItsRow() throws IOException {
    for (String[] row : rows()) {
      assertThat(
              Pattern.compile("reason=(\\w+)")
                  .matcher(Column.LOG.of(row))
                  .results()
                  .map(found -> found.group(1)))
          .as(reason(row))
          .allMatch(reason(row)::equals);
    }
  }
}
