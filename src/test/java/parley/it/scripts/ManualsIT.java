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
    Set<String> options = options(command);
    assertThat(options).contains("--help");
    for (String option : options) {
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

  /** Returns what zsh gets from a completion: the options and the arguments, one per line. */
  private static String specs(String command) throws Exception {
    Programs.need("zsh");
    String shown = "_arguments() { print -rl -- \"$@\" }; . ./target/manuals/zsh/site-functions/_";
    Result result = run("zsh", "-f", "-c", shown + command);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void zshReadsEachCompletion(String command) throws Exception {
    assertThat(specs(command)).contains("--help[print this text, and exit]\n");
  }

  @Test
  void zshOffersWhatAnArgumentMayBe() throws Exception {
    String help = "-h[print this text, and exit]\n--help[print this text, and exit]\n";
    assertThat(specs("stop-server.sh")).isEqualTo(help);
    assertThat(specs("new-protocol.sh")).isEqualTo(help + ":NAME: \n:PACKAGE: \n:DIR:_files -/\n");
    assertThat(specs("dev-cert.sh")).endsWith(help + ":FOLDER:_files -/\n*:HOST: \n");
    assertThat(specs("hello-client.sh")).contains("--ca[").endsWith("\n*:NAME: \n");
    assertThat(specs("start-server.sh")).doesNotContain("\n:", "\n*:");
  }
}
