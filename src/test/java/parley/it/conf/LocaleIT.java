package parley.it.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Installation.withJava;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Distribution;
import parley.testing.Installation;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** Arguments, variables and file names are UTF-8, whatever the locale is. */
class LocaleIT {

  /**
   * Locales in which Java uses only ASCII: by name, by default, or because the locale is not
   * installed.
   */
  private static final List<Map<String, String>> ASCII =
      List.of(
          Map.of("LC_ALL", "C"),
          Map.of("LC_ALL", "POSIX"),
          Map.of(),
          Map.of("LANG", "C"),
          Map.of("LC_CTYPE", "C", "LANG", "C.UTF-8"),
          Map.of("LC_ALL", "xx_XX.UTF-8"),
          Map.of("LANG", "xx_XX.ISO-8859-1"),
          Map.of("LANG", "C.UTF-8", "LC_TIME", "xx_XX"));

  private static final String CONF =
      "listeners.greeting { endpoint = \"tcp://127.0.0.1:0\", protocol = greeting }\n";

  @TempDir Path temp;
  private List<Installation> installations;

  @BeforeEach
  void unpackInAFolderOfAnyName() throws Exception {
    installations = Installation.all(Files.createDirectory(temp.resolve("é")));
  }

  /** Runs a command with only these locale variables. */
  private static List<String> in(Map<String, String> locale, List<String> command) {
    List<String> all = new ArrayList<>(List.of("env", "-u", "LANG"));
    for (String each : List.of("ALL", "CTYPE", "COLLATE", "MESSAGES", "NUMERIC", "TIME")) {
      all.addAll(List.of("-u", "LC_" + each));
    }
    locale.forEach((name, value) -> all.add(name + "=" + value));
    all.addAll(command);
    return all;
  }

  private Result run(Map<String, String> locale, Map<String, String> more, List<String> command)
      throws IOException, InterruptedException {
    return Programs.run(more, "", temp, in(locale, command));
  }

  @Test
  void aConfInAFolderOfAnyNameIsFound() throws Exception {
    Files.writeString(Files.createDirectory(temp.resolve("ü")).resolve("s.conf"), CONF);
    for (Map<String, String> locale : ASCII) {
      for (Installation each : locale.isEmpty() ? installations : installations.subList(1, 2)) {
        Result checked =
            run(
                locale,
                Map.of(),
                each.command("start-server.sh", "--config", "ü/s.conf", "--check-config"));
        assertThat(checked.code()).as("%s %s %s", locale, each, checked.err()).isZero();
        assertThat(checked.out()).isEqualTo("conf ok\n");
      }
    }
  }

  @Test
  void aBannerIsServedAsItWasWritten() throws Exception {
    String key = "listeners.greeting.settings.banner";
    Map<String, String> variable = Map.of("PARLEY_LISTENERS_GREETING_SETTINGS_BANNER", "Grüß Gott");
    List<String> set = new ArrayList<>(Installation.FREE);
    set.addAll(List.of("--set", key + "=Grüß Gott"));
    for (Installation each : installations) {
      boolean isSet = each.home().equals(Programs.HOME);
      Map<String, String> more = isSet ? Map.of() : variable;
      List<String> command = each.command("start-server.sh", isSet ? set : Installation.FREE);
      try (ServerProcess server =
              ServerProcess.start(1, more, temp, in(Map.of("LC_ALL", "C"), command));
          Peer peer = Peer.connect(server.endpoint())) {
        assertThat(peer.line()).as("%s %s", each, more).isEqualTo("Grüß Gott");
        Result asked =
            run(
                Map.of("LC_ALL", "C"),
                Map.of("PARLEY_ENDPOINT", server.endpoint().toString()),
                each.command("hello-client.sh", "Zoë"));
        assertThat(asked).isEqualTo(new Result(0, "Hello, Zoë!\n", ""));
      }
    }
  }

  /** This is the case if no locale with UTF-8 is installed. */
  @Test
  void aNameOutsideEveryLocaleIsRejectedInOneLine() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    String jar =
        Programs.HOME.resolve("target/lib/parley-" + Distribution.VERSION + "-cli.jar") + "";
    for (String main : List.of("parley.cli.StartServer", "parley.cli.HelloClient")) {
      Result refused =
          run(
              Map.of("LC_ALL", "C"),
              Map.of(),
              List.of(java, "-cp", jar, main, "--config", "ü/s.conf", "--check-config"));
      assertThat(refused.code()).isEqualTo(78);
      assertThat(refused.err().lines().toList()).hasSize(1);
      assertThat(refused.err())
          .startsWith("--config ")
          .contains("(expected: a path in the locale's charset, ");
    }
  }

  @Test
  void newProtocolAsksJavaToo() throws Exception {
    for (Installation each : installations) {
      Result taken =
          run(
              Map.of("LC_ALL", "C"),
              Map.of(),
              each.command("new-protocol.sh", "greeting", "com.example", "ö"));
      assertThat(taken.code()).as(taken.err()).isEqualTo(2);
      assertThat(taken.err()).contains("a name that no protocol in Parley");
    }
  }

  /** Compares Java's environment, in each of the commands. */
  @Test
  void otherLocaleVariablesStayUnchanged() throws Exception {
    Map<String, String> java =
        withJava(temp.resolve("jdk"), "env | grep -E '^(LANG|LC_[A-Z]+)=' | sort >&2; exit 9");
    Map<Map<String, String>, String> expected = new TreeMap<>((a, b) -> (a + "").compareTo(b + ""));
    expected.put(Map.of("LC_ALL", "C"), "LANG=C\nLC_CTYPE=C.UTF-8\n");
    expected.put(Map.of("LC_ALL", "C", "LC_TIME", "C.UTF-8"), "LANG=C\nLC_CTYPE=C.UTF-8\n");
    expected.put(Map.of("LC_CTYPE", "C", "LANG", "POSIX"), "LANG=POSIX\nLC_CTYPE=C.UTF-8\n");
    expected.put(
        Map.of("LANG", "C", "LC_TIME", "C.UTF-8"), "LANG=C\nLC_CTYPE=C.UTF-8\nLC_TIME=C.UTF-8\n");
    expected.put(Map.of(), "LC_CTYPE=C.UTF-8\n");
    expected.put(Map.of("LC_ALL", "C.UTF-8"), "LC_ALL=C.UTF-8\n");
    expected.put(Map.of("LANG", "C.UTF-8", "LC_MESSAGES", "C"), "LANG=C.UTF-8\nLC_MESSAGES=C\n");
    expected.put(
        Map.of("LANG", "C.UTF-8", "LC_TIME", "xx_XX"),
        "LANG=C.UTF-8\nLC_ALL=C.UTF-8\nLC_TIME=xx_XX\n");
    for (Map.Entry<Map<String, String>, String> each : expected.entrySet()) {
      for (Installation installation : installations) {
        for (String script : List.of("start-server.sh", "hello-client.sh")) {
          Result ran = run(each.getKey(), java, installation.command(script));
          assertThat(ran).as("%s %s", script, each).isEqualTo(new Result(9, "", each.getValue()));
        }
      }
    }
    installations.get(0).deleteArchive();
  }
}
