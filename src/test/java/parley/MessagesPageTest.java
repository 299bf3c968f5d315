package parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static parley.testing.Markdown.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Programs;
import parley.testing.SourceTexts;
import parley.testing.SourceTexts.LogLine;

/** docs/messages.md has each log line and each error message of the main sources, and no others. */
class MessagesPageTest {

  private static final Path PAGE = Programs.HOME.resolve("docs/messages.md");
  private static final Path SOURCES = Programs.HOME.resolve("src/main/java/parley");

  /** Texts of the sources that are neither a message nor a part of one. */
  private static final Set<String> OTHERS =
      Set.of(
          // what commands print if all is well
          "(not from a jar)",
          "conf ok",
          "decodes and encodes frames",
          "encrypts and decrypts with TLS",
          "ends the session at its first fault",
          "guards the event loop, sets the log context, lingers before a close",
          "handles deadlines, half-close and graceful shutdown",
          "handles frames",
          "moves the handler to threads of its own",
          "parley ...",
          "reads the header of a trusted proxy",
          // what other programs, libraries and files have
          "(?s).*Received fatal alert:",
          "(?s).*Received fatal alert: .*",
          "(?s)Illegal server name, .*name=(.*), value=.*",
          "((X509|TRUSTED) )?CERTIFICATE",
          "([A-Z]+ )*PRIVATE KEY",
          "([a-z]\\w*\\.)+[A-Z]\\w*(Exception|Error)(: )?",
          ", or you may be able to rename the file .properties rather than .conf",
          "-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-[^-]+)*)-----END \\1-----",
          "-----BEGIN ...-----...-----END ...-----",
          "Illegal given domain name",
          "No name matching",
          "No subject alternative",
          "close_notify during handshake",
          "environment variable",
          "expecting a close parentheses ')' here, not: end of file",
          "list = ...",
          "merge of",
          "nrecognized SSL message",
          "pid=...\nstarted=...\nrun=...\nhome=...",
          "subject alternative DNS name matching",
          "subject alternative names matching",
          "unknown encryption",
          "value = ...",
          // parts of messages that are replaced, and a mark that is compared
          "(expected: --... with",
          "(expected: ... with",
          "no file",
          "no unit",
          // the wire
          "ERR ...",
          "Hello, World!",
          "Hello, {name}!",
          "dd MMM uuuu HH:mm:ss zzz");

  private static SourceTexts texts;

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      texts =
          SourceTexts.of(
              files
                  .filter(each -> each.toString().endsWith(".java"))
                  .filter(each -> !each.startsWith(SOURCES.resolve("proving")))
                  .toList());
    }
  }

  /** Returns the first cells of all tables whose heading begins with a cell. */
  private static List<String> cells(String heading, int columns) throws IOException {
    return table(PAGE, heading).stream()
        .map(row -> "| " + String.join(" | ", List.of(row).subList(0, columns)) + " |")
        .toList();
  }

  /** Returns what to do so that the page has exactly the rows of the sources. */
  private static List<String> edits(List<String> onPage, Map<String, String> inSources) {
    List<String> edits = new ArrayList<>();
    Map<String, String> missing = new TreeMap<>(inSources);
    for (String row : onPage) {
      if (missing.remove(row) == null) {
        edits.add((inSources.containsKey(row) ? "remove, a second " : "remove ") + row);
      }
    }
    missing.forEach((row, source) -> edits.add("add " + row + " of " + source));
    return edits;
  }

  @Test
  void thePageHasEachLogLine() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    texts
        .logLines()
        .forEach(
            (line, source) -> rows.put("| " + line.level() + " | `" + line.text() + "` |", source));
    rows.remove("| INFO | `as the client logs` |"); // its logger drops it
    assertThat(edits(cells("level", 2), rows)).as(PAGE.toString()).isEmpty();
  }

  @Test
  void thePageHasEachMessage() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    texts
        .messages()
        .forEach(
            (text, source) -> {
              if (!text.startsWith("usage: ") && !OTHERS.contains(text)) {
                rows.put("| `" + text + "` |", source);
              }
            });
    List<String> onPage = new ArrayList<>(cells("message", 1));
    onPage.addAll(cells("part", 1));
    assertThat(edits(onPage, rows)).as(PAGE.toString()).isEmpty();
  }

  @Test
  void eachOtherTextIsInTheSources() {
    assertThat(texts.messages().keySet()).containsAll(OTHERS);
  }

  /** For each form of a text that the sources use. */
  @Test
  void noTextEscapes(@TempDir Path temp) throws IOException {
    Path source = temp.resolve("Any.java");
    Files.writeString(
        source,
        """
        class Any {
          static final String IMPORTED = "in a constant";
          static final String LIMIT = " (expected: <= " + MOST + ")";
          static final RareLog RARE = new RareLog(LOG, Level.WARN);

          void any(int n, String name) {
            if (n == 0) {
              throw new IllegalStateException("literal");
            }
            String place = name + ": ";
            problems.add(place + n + " items" + LIMIT);
            Supplier<Exception> made = () -> new IOException(n > 1 ? "many" : "one");
            throw refused("renegotiation");
          }

          void other(Object given) {
            Objects.requireNonNull(given, "given");
            check(given, String.format("%s: not %,d", given, 3));
            check(given, "at %s of %<s".formatted(given));
            LOG.info("begun: n={} of={}", 3, given == null ? "nobody at all" : given);
            LOG.atDebug().log("fluent");
            RARE.log("rare: name=" + given);
            switch (given.hashCode()) {
              case 1 -> fail("in a switch");
              default -> { var late = "in a variable"; fail(late); }
            }
          }
        }
        """);
    SourceTexts found = SourceTexts.of(List.of(source));
    assertThat(found.messages().keySet())
        .containsExactlyInAnyOrder(
            "literal",
            "...: ... items (expected: <= ...)",
            "many",
            "one",
            "renegotiation",
            "given",
            "...: not ...",
            "at ... of ...",
            "in a constant",
            "in a switch",
            "in a variable");
    assertThat(found.logLines().keySet())
        .extracting(LogLine::level, LogLine::text)
        .containsExactlyInAnyOrder(
            tuple("INFO", "begun: n=... of=..."),
            tuple("INFO", "nobody at all"),
            tuple("...", "fluent"),
            tuple("WARN", "rare: name=..."));
  }
}
