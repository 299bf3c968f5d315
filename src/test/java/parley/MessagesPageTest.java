package parley;

import static java.util.Map.entry;
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
import parley.testing.SourceTexts.Message;

/** docs/messages.md has each log line and each error message of the main sources, and no others. */
class MessagesPageTest {

  private static final Path PAGE = Programs.HOME.resolve("docs/messages.md");
  private static final Path SOURCES = Programs.HOME.resolve("src/main/java/parley");

  /** Texts of the sources, by their file, that are neither a message nor a part of one. */
  private static final Map<String, Set<String>> OTHERS =
      Map.ofEntries(
          // what commands print if all is well
          entry("ConfOptions", Set.of("conf ok", "sun.jnu.encoding")),
          entry(
              "StartServer",
              Set.of(
                  "decodes and encodes frames",
                  "encrypts and decrypts with TLS",
                  "ends the session at its first fault",
                  "guards the event loop, sets the log context, lingers before a close",
                  "handles deadlines, half-close and graceful shutdown",
                  "handles frames",
                  "moves the handler to threads of its own",
                  "reads the header of a trusted proxy",
                  "LISTEN_FDS",
                  "listening")),
          entry("Commands", Set.of("(not from a jar)", "parley ...")),
          // what other programs, libraries and files have
          entry("JfrEvents", Set.of("(\\d{1,9}) *(ns|us|ms|s|m|h)", "0 ns")),
          entry(
              "TlsFault",
              Set.of(
                  "(?s).*Received fatal alert:",
                  "(?s).*Received fatal alert: .*",
                  "(?s)Illegal server name, .*name=(.*), value=.*",
                  "([a-z]\\w*\\.)+[A-Z]\\w*(Exception|Error)(: )?",
                  "Illegal given domain name",
                  "No name matching",
                  "No subject alternative",
                  "close_notify during handshake",
                  "nrecognized SSL message",
                  "subject alternative DNS name matching",
                  "subject alternative names matching")),
          entry(
              "PemBlocks",
              Set.of(
                  "((X509|TRUSTED) )?CERTIFICATE",
                  "([A-Z]+ )*PRIVATE KEY",
                  "-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-[^-]+)*)-----END \\1-----",
                  "-----BEGIN ...-----...-----END ...-----",
                  "unknown encryption")),
          entry(
              "ConfParsing",
              Set.of(
                  ", or you may be able to rename the file .properties rather than .conf",
                  "expecting a close parentheses ')' here, not: end of file")),
          entry("ConfKind", Set.of("list = ...", "no unit")),
          entry("ConfText", Set.of("value = ...")),
          entry("Origins", Set.of("environment variable", "merge of")),
          entry("RunFolder", Set.of("pid=...\nstarted=...\nrun=...\nhome=...")),
          // parts of messages that are replaced, and a mark that is compared
          entry("HelloClient", Set.of("(expected: --... with", "(expected: ... with")),
          entry("PemFiles", Set.of("no file")),
          // the wire
          entry("GreetingHandler", Set.of("ERR ...")),
          entry("GreetingProtocol", Set.of("Hello, World!", "Hello, {name}!")),
          entry("DaytimeProtocol", Set.of("dd MMM uuuu HH:mm:ss zzz")));

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
            each -> {
              if (!isHelp(each) && !others(each.source()).contains(each.text())) {
                rows.put("| `" + each.text() + "` |", each.source());
              }
            });
    List<String> onPage = new ArrayList<>(cells("message", 1));
    onPage.addAll(cells("part", 1));
    assertThat(edits(onPage, rows)).as(PAGE.toString()).isEmpty();
  }

  private static Set<String> others(String source) {
    return OTHERS.getOrDefault(source, Set.of());
  }

  @Test
  void eachOtherTextIsInItsSource() {
    OTHERS.forEach(
        (source, others) ->
            assertThat(texts.messages())
                .as(source)
                .containsAll(others.stream().map(text -> new Message(text, source)).toList()));
  }

  /** Returns whether a text is the usage and the help of a command. */
  private static boolean isHelp(Message message) {
    return message.text().startsWith("usage: ")
        && message.text().contains("\nExit codes: ")
        && Files.exists(SOURCES.resolve("cli").resolve(message.source() + ".java"));
  }

  @Test
  void eachRowHasItsMeaning() throws IOException {
    for (String heading : List.of("level", "message", "part")) {
      assertThat(table(PAGE, heading)).as(heading).noneMatch(row -> row[row.length - 1].isEmpty());
      assertThat(table(PAGE, heading))
          .extracting(row -> row.length)
          .as(heading)
          .containsOnly(heading.equals("level") ? 3 : 2);
    }
  }

  /** A help text is left out only as a whole, and another text only in its own source. */
  @Test
  void onlyAHelpTextIsOne() {
    assertThat(isHelp(new Message("usage: x [OPTION]\n\nExit codes: 0 done", "StartServer")))
        .isTrue();
    assertThat(isHelp(new Message("usage: x [OPTION]\n\nExit codes: 0 done", "Server"))).isFalse();
    assertThat(isHelp(new Message("usage: x", "StartServer"))).isFalse();
    assertThat(others("Server")).doesNotContain("value = ...");
    assertThat(others("ConfText")).contains("value = ...");
  }

  /** For each form of a text that the sources use, and for others that they may use. */
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

          String oneWord(StringBuilder b, CompletableFuture<?> f, int n, String name) {
            problems.add("missing");
            System.err.println("unset");
            f.completeExceptionally(new TlsFault("records"));
            b.append("overrun");
            String s = name;
            s += "bad";
            if (n == 1) {
              throw new TlsException("closed: " + quote("broken"));
            }
            throw new IOException(String.format(Locale.ROOT, "over:%d", n));
          }

          void other(Object given) {
            Objects.requireNonNull(given, "given");
            check(given, String.format("%s: not %,d", given, 3));
            check(given, "at %s of %<s".formatted(given));
            LOG.info("begun: n={} of={}", 3, given == null ? "nobody at all" : given);
            LOG.atDebug().log("fluent");
            LOG.atInfo().setMessage("set").log();
            LOG.log(level, () -> "gone:" + given);
            RARE.log("rare: name=" + given);
            switch (given.hashCode()) {
              case 1 -> fail("in a switch");
              default -> { var late = "in a variable"; fail(late); }
            }
          }
        }
        """);
    SourceTexts found = SourceTexts.of(List.of(source));
    assertThat(found.messages())
        .extracting(Message::text)
        .containsExactlyInAnyOrder(
            "literal",
            "...: ... items (expected: <= ...)",
            "many",
            "one",
            "renegotiation",
            "missing",
            "unset",
            "records",
            "overrun",
            "...bad",
            "closed: ...",
            "broken",
            "over:...",
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
            tuple("DEBUG", "fluent"),
            tuple("INFO", "set"),
            tuple("...", "gone:..."),
            tuple("WARN", "rare: name=..."));
  }
}
