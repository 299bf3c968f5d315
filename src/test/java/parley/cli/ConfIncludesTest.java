package parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.Protocols;
import parley.server.ListenerConfig;
import parley.server.ServerConfig;

/** Conf files that include others. */
class ConfIncludesTest {

  private static final String LISTENER =
      "listeners { g { endpoint = \"tcp://127.0.0.1:0\", protocol = greeting } }\n";

  @TempDir Path temp;

  private void write(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private ServerConfig read(String... sets) throws ConfException {
    Conf conf = Conf.load(temp.resolve("x.conf"), List.of(sets), Map.of());
    return ServerConf.read(conf, Protocols.load(SmallServices.all()), Map.of());
  }

  private String problem(String text, String... sets) throws IOException {
    write("x.conf", text);
    try {
      read(sets);
      return "";
    } catch (ConfException e) {
      return String.valueOf(e.getMessage()).replace(temp + "/", "");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"d.conf\"",
        "include required(\"d.conf\")",
        "include file(\"d.conf\")",
        "include required(file(\"d.conf\"))",
        "include \"d\"",
        "include \"./../%s/d.conf\"",
        "include \"%s/d.conf\"",
        "include \"deep/e.conf\"",
        "include \"other.txt\""
      })
  void isReadFromTheFolderOfItsFile(String include) throws Exception {
    write("d.conf", "drain-timeout = 3s\n");
    write("other.txt", "drain-timeout = 3s\n");
    write("deep/e.conf", "include \"f.conf\"\n");
    write("deep/f.conf", "include \"../d.conf\"\n");
    Object folder = include.contains("..") ? temp.getFileName() : temp;
    write("x.conf", include.formatted(folder) + "\n" + LISTENER);
    assertThat(read().drainTimeout()).isEqualTo(Duration.ofSeconds(3));
  }

  /** A regression: it was dropped silently. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "include \"no.conf\"|include \"no.conf\": no such file: no.conf",
        "include \"no\"|include \"no\": no such file: no.conf, no.json, no.properties",
        "include required(\"no.conf\")|include \"no.conf\": no such file: no.conf",
        "include required(file(\"no.conf\"))|include required(file(\"no.conf\")): no such file: no.conf",
        "include \"folder\"|include \"folder\": no such file: folder.conf, folder.json",
      })
  void aMissingFileIsAnErrorAtItsLine(String include, String expected) throws Exception {
    write("folder/a.conf", "");
    String before = "# include \"a\"\nwatchdog = \"include \\\"b\\\"\" # no time\ninclude \"ok\"\n";
    write("ok.conf", "");
    assertThat(problem(before + "\n" + include + "\n" + LISTENER))
        .startsWith("x.conf:5: " + expected);
    write("y.conf", "\n\n" + include);
    assertThat(problem("include \"y.conf\"\n" + LISTENER)).startsWith("y.conf:3: " + expected);
  }

  @Test
  void aFileInAFileCallMayBeMissing() throws Exception {
    assertThat(problem("include file(\"no.conf\")\n" + LISTENER)).isEmpty();
    write("no.conf", "drain-timeout = 5s");
    assertThat(read().drainTimeout()).isEqualTo(Duration.ofSeconds(5));
    write("no.conf", "drain-timeout = 5");
    assertThat(problem("include file(\"no.conf\")\n" + LISTENER))
        .startsWith("no.conf:1: drain-timeout = 5 (expected: a time");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "url(\"http://127.0.0.1:1/a.conf\")",
        "url(\"file:/etc/hostname\")",
        "required(url(\"http://127.0.0.1:1/a.conf\"))",
        "classpath(\"parley/cli/reference.conf\")",
        "required(classpath(\"parley/cli/reference.conf\"))",
        "\"http://127.0.0.1:1/a.conf\"",
        "required(\"https://127.0.0.1:1/a.conf\")",
        "\"file:/etc/hostname\"",
        "file(\"http:/127.0.0.1:1/a.conf\")",
        "\"jar:file:/a.jar!/b.conf\""
      })
  void onlyFilesAreIncluded(String source) throws Exception {
    String plain = source.replace("required(", "").replaceAll("\\)\\)$", ")");
    assertThat(problem(LISTENER + "listeners {\n include " + source + "\n}"))
        .startsWith("x.conf:3: include " + plain.replaceAll("\"\\)$", "\""))
        .endsWith(": not a file (expected: include \"FILE\" or include file(\"FILE\"))");
  }

  /** A cycle by any path is an error, and so is a chain of eleven files; ten are accepted. */
  @Test
  void cyclesAndDepthsAreErrors() throws Exception {
    assertThat(problem("\ninclude \"x.conf\"\n" + LISTENER))
        .isEqualTo("x.conf:2: include \"x.conf\": include cycle: x.conf -> x.conf");
    write("a.conf", "\n\ninclude \"sub/b.conf\"");
    write("sub/b.conf", "include file(\"../x.conf\")");
    assertThat(problem("include \"a.conf\"\n" + LISTENER))
        .isEqualTo(
            "sub/b.conf:1: include file(\"../x.conf\"): include cycle:"
                + " x.conf -> a.conf -> sub/b.conf -> sub/../x.conf");
    for (int i = 1; i < 11; i++) {
      write("c" + i + ".conf", "include \"c" + (i + 1) + ".conf\"");
    }
    write("c11.conf", "drain-timeout = 7s");
    assertThat(problem("include \"c1.conf\"\n" + LISTENER))
        .startsWith("c10.conf:1: include \"c11.conf\": nested too deeply: x.conf -> c1.conf -> ")
        .endsWith(" -> c11.conf (expected: at most 10 levels)");
    assertThat(problem("include \"c2.conf\"\n" + LISTENER)).isEmpty();
    assertThat(read().drainTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(problem("include \"c10\"\ninclude \"c10\"\n" + LISTENER)).as("no cycle").isEmpty();
  }

  /** The mistake may be in the text, a key, a value, a substitution or the depth. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a = ]|d.conf:2: ",
        "drain-timout = 3s|d.conf:2: drain-timout is not a key",
        "drain-timeout = 3|d.conf:2: drain-timeout = 3 (expected: a time",
        "drain-timeout = ${none}|d.conf:2: ",
        "listeners.g.backlog = 0|d.conf:2: listeners.g.backlog = 0 (expected: 1 to 65535)",
        "listeners.h { protocol = echo }|d.conf:2: listeners.h.endpoint is missing",
      })
  void problemsNameTheLineOfTheirFile(String line, String expected) throws Exception {
    write("d.conf", "\n" + line + "\n");
    assertThat(problem(LISTENER + "\n\n\ninclude \"d.conf\"\n")).startsWith(expected);
  }

  @Test
  void tooDeepNestingNamesItsFile() throws Exception {
    for (int levels : new int[] {100, 20_000}) {
      write("d.conf", "a = " + "[".repeat(levels) + "]".repeat(levels));
      assertThat(problem(LISTENER + "include \"d.conf\""))
          .isEqualTo("d.conf: nested too deeply (expected: fewer than 100 levels)");
    }
  }

  /** This also holds if the including file's name begins with the name of the folder. */
  @Test
  void pathsAreFromTheFolderOfTheirFile() throws Exception {
    write("x.conf", "include \"x.conf.d/tls.conf\"\n" + LISTENER.replace("tcp:", "tls:"));
    String there = temp.resolve("x.conf.d/none.pem").toString();
    write("x.conf.d/tls.conf", "listeners.g.tls { certificate = none.pem\n key = none.key }");
    assertThatThrownBy(this::read)
        .hasMessageStartingWith(temp + "/x.conf.d/tls.conf:1: listeners.g.tls.certificate: ")
        .hasMessageContaining(there + ": cannot be read: no such file");
    assertThatThrownBy(() -> read("listeners.g.tls.certificate=other.pem"))
        .hasMessageStartingWith("--set listeners.g.tls.certificate: ")
        .hasMessageContaining(": other.pem: cannot be read");
  }

  @Test
  void listenersAreInTheOrderOfTheFilesAndLines() throws Exception {
    write(
        "d.conf",
        "listeners { c { protocol = echo, endpoint = \"tcp://127.0.0.1:0\" }\n"
            + " b { protocol = echo, endpoint = \"tcp://127.0.0.1:0\" } }");
    write("x.conf", "include \"d.conf\"\n\n\n" + LISTENER);
    assertThat(read().listeners().stream().map(ListenerConfig::name))
        .containsExactly("g", "c", "b");
  }

  /** Nothing is fetched for a value either. */
  @Test
  void aSettingIncludesNothing() throws Exception {
    write("d.conf", "a = 1");
    for (String source : List.of("\"d.conf\"", "url(\"http://127.0.0.1:1/\")")) {
      assertThat(problem(LISTENER, "listeners.e={ include " + source + " }"))
          .startsWith("--set listeners.e: include ")
          .contains(source.contains("url") ? "not a file" : "only a conf file can include files");
      assertThat(problem(LISTENER, "listeners.g.tls.ciphers=[{ include " + source + " }]"))
          .startsWith("--set listeners.g.tls.ciphers: include ");
    }
  }
}
