package parley.it.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The man pages and completions of the commands, which are generated from their help. */
class ManualsIT {

  private static final Path MANUALS = Programs.HOME.resolve("target/manuals");
  private static final Pattern OPTION = Pattern.compile("(?m)^ {2,6}(?:-\\w, )?(--[\\w-]+)");

  private static Result run(String... command) throws Exception {
    return Programs.run(Map.of("LC_ALL", "C.UTF-8"), "", Programs.HOME, List.of(command));
  }

  private static Path page(String command) {
    return MANUALS.resolve("man/man1/" + command + ".1");
  }

  private static List<String> commands() {
    return List.of(
        "start-server.sh", "hello-client.sh", "stop-server.sh", "new-protocol.sh", "dev-cert.sh");
  }

  private static Set<String> options(String command) throws Exception {
    Result help = run("bin/" + command, "--help");
    assertThat(help.code()).isZero();
    Set<String> options = new TreeSet<>();
    OPTION.matcher(help.out()).results().forEach(each -> options.add(each.group(1)));
    return options;
  }

  private static String read(String file) throws IOException {
    return Files.readString(MANUALS.resolve(file));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachOptionIsInThePageAndInBothCompletions(String command) throws Exception {
    String page = Files.readString(page(command)).replace("\\-", "-");
    String bash = read("bash-completion/completions/" + command);
    String zsh = read("zsh/site-functions/_" + command);
    for (String option : options(command)) {
      assertThat(page).contains(option);
      assertThat(bash).contains(option);
      assertThat(zsh).contains(option);
    }
    assertThat(page).contains(".SH EXIT STATUS");
  }

  @Test
  void theCommandsHaveOptions() throws Exception {
    assertThat(options("start-server.sh")).contains("--daemon", "--config", "--help");
    assertThat(options("hello-client.sh")).contains("--endpoint", "--insecure");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void manFormatsThePageWithoutAWarning(String command) throws Exception {
    Programs.need("man");
    Result shown =
        run("man", "--warnings", "-E", "UTF-8", "-Tutf8", "-P", "cat", "-l", page(command) + "");
    assertThat(shown.err()).isEmpty();
    assertThat(shown.code()).isZero();
    assertThat(shown.out().replaceAll(".\b", "")) // bold is a letter printed twice
        .contains("NAME", "SYNOPSIS", "DESCRIPTION", command);
  }

  @Test
  void bashCompletesAnOptionAndLeavesAFileToTheShell() throws Exception {
    String completes =
        """
        . target/manuals/bash-completion/completions/start-server.sh
        COMP_WORDS=(start-server.sh --ch) COMP_CWORD=1; _start_server_sh; echo "${COMPREPLY[@]}"
        COMP_WORDS=(start-server.sh --config '') COMP_CWORD=2; _start_server_sh; echo "${#COMPREPLY[@]}"
        """;
    assertThat(run("bash", "-euc", completes)).isEqualTo(new Result(0, "--check-config\n0\n", ""));
  }

  @Test
  void zshReadsEachCompletion() throws Exception {
    Programs.need("zsh");
    for (String command : List.of("start-server.sh", "hello-client.sh", "dev-cert.sh")) {
      assertThat(run("zsh", "-f", "-n", "target/manuals/zsh/site-functions/_" + command))
          .isEqualTo(new Result(0, "", ""));
    }
  }
}
