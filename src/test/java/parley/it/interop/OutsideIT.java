package parley.it.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Pace;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;
import parley.testing.Servers;

/** Independent clients and servers, and two in C. */
class OutsideIT {

  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    server = ServerProcess.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static String port() {
    return Integer.toString(server.endpoint().port());
  }

  @Test
  void halfCloseByNcFiftyOfFifty() throws Exception {
    need("nc");
    for (int i = 0; i < 50; i++) {
      assertThat(run(Map.of(), "Ada\nLin", "nc", "-N", "127.0.0.1", port()).out())
          .isEqualTo("Hello, World!\nHello, Ada!\nHello, Lin!\n");
    }
  }

  /** Answers 50 ms later from another thread. */
  private static final class Slow extends AnswerHandler<String, String> {

    @Override
    public void sessionOpened(IoSession session) {
      session.write("Hello, World!");
    }

    @Override
    protected Answer<String> answer(IoSession session, String name) {
      return Answer.later(
          CompletableFuture.supplyAsync(() -> "Hello, " + name + "!", Pace.after(50)));
    }
  }

  @Test
  void halfCloseByNcFiftyOfFiftyThoughTheAnswerComesLater() throws Exception {
    need("nc");
    try (Server slow = Servers.lines(new Slow())) {
      String port = Integer.toString(Servers.endpoint(slow).port());
      for (int i = 0; i < 50; i++) {
        assertThat(run(Map.of(), "Ada\nLin", "nc", "-N", "127.0.0.1", port).out())
            .isEqualTo("Hello, World!\nHello, Ada!\nHello, Lin!\n");
      }
    }
  }

  @Test
  void ncatAndSocat() throws Exception {
    need("ncat");
    need("socat");
    String answers = "Hello, World!\nHello, Ada!\nGoodbye!\n";
    assertThat(run(Map.of(), "Ada\nquit\n", "ncat", "127.0.0.1", port()).out()).isEqualTo(answers);
    assertThat(
            run(Map.of(), "Ada\nquit\n", "socat", "-t", "60", "-", "TCP:127.0.0.1:" + port()).out())
        .isEqualTo(answers);
  }

  @Test
  void telnet() throws Exception {
    need("telnet");
    Process telnet = new ProcessBuilder("telnet", "127.0.0.1", port()).start();
    try (BufferedReader out = telnet.inputReader()) {
      telnet.getOutputStream().write("Ada\nquit\n".getBytes());
      telnet.getOutputStream().flush();
      List<String> lines = out.lines().limit(6).toList();
      assertThat(lines).endsWith("Hello, World!", "Hello, Ada!", "Goodbye!");
    }
    telnet.destroy();
    telnet.waitFor();
  }

  private static String compile(String program, Path folder) throws Exception {
    need("cc");
    Path source = Programs.HOME.resolve("src/test/c").resolve(program + ".c");
    Path binary = folder.resolve(program);
    Result compiled =
        run("cc", "-Wall", "-Wextra", "-Werror", "-O1", "-o", binary.toString(), source.toString());
    assertThat(compiled.code()).as(compiled.err()).isZero();
    return binary.toString();
  }

  @Test
  void aClientInC(@TempDir Path temp) throws Exception {
    String client = compile("client", temp);
    Result expected = new Result(0, "Hello, World!\nHello, Ada!\nGoodbye!\n", "");
    assertThat(run(client, port(), "Ada")).isEqualTo(expected);
    assertThat(run(client, port(), "Ada", "bytewise")).isEqualTo(expected);
  }

  @Test
  void aServerInC(@TempDir Path temp) throws Exception {
    String program = compile("server", temp);
    for (List<String> names : List.of(List.<String>of(), List.of("Ada", "Lin"))) {
      Process served = new ProcessBuilder(program).start();
      String endpoint = "tcp://127.0.0.1:" + served.inputReader().readLine();
      List<String> command = new java.util.ArrayList<>(names);
      command.addAll(0, List.of(script("hello-client.sh"), "--endpoint", endpoint));
      String expected = names.isEmpty() ? "Hello, World!\n" : "Hello, Ada!\nHello, Lin!\n";
      assertThat(run(Map.of(), "", temp, command)).isEqualTo(new Result(0, expected, ""));
      assertThat(served.waitFor()).isZero();
    }
  }

  @Test
  void scriptsAreCleanShell() throws Exception {
    need("shellcheck");
    Result checked =
        run(
            Map.of(),
            "",
            Programs.HOME,
            List.of("sh", "-c", "shellcheck -x bin/*.sh conf/setenv.sh src/bench/*.sh"));
    assertThat(checked).isEqualTo(new Result(0, "", ""));
  }

  /** Uses script, which runs the prompt in a pseudo-terminal. */
  @Test
  void thePromptHasEditingAndHistory(@TempDir Path temp) throws Exception {
    Process prompt = prompt(server.endpoint(), temp);
    try (BufferedReader out = prompt.inputReader()) {
      await(out, "Hello, World!");
      await(out, "name> ");
      type(prompt, "Axda\033OD\033OD\177\r"); // left, left, backspace
      await(out, "Hello, Ada!");
      await(out, "name> ");
      type(prompt, "\033OA\r"); // up: the last name again
      await(out, "Hello, Ada!");
      await(out, "name> ");
      type(prompt, "\004"); // end of input
      assertThat(prompt.waitFor()).isZero();
    }
    assertThat(temp.resolve(".parley_history")).content().contains("Ada");
  }

  @Test
  void thePromptReportsWhyTheServerEnded(@TempDir Path temp) throws Exception {
    try (Server hasty =
        Servers.with(
            new GreetingProtocol(),
            config -> config.limit(Limits.IDLE_TIMEOUT, Duration.ofMillis(200)))) {
      Process prompt = prompt(Servers.endpoint(hasty), temp);
      try (BufferedReader out = prompt.inputReader()) {
        await(out, "Hello, World!");
        await(out, "name> ");
        Servers.awaitNobody(hasty);
        type(prompt, "Ada\r");
        await(out, "ERR idle for 200 ms");
        assertThat(prompt.waitFor()).isEqualTo(1);
      }
    }
  }

  private static Process prompt(Endpoint endpoint, Path home) throws IOException {
    need("script");
    String command =
        "stty cols 80 rows 24; " + script("hello-client.sh") + (" --endpoint " + endpoint + " -i");
    return Programs.builder(
            Map.of("JAVA_OPTS", "-Duser.home=" + home, "TERM", "xterm"),
            home,
            List.of("script", "-qec", command, "/dev/null"))
        .start();
  }

  private static void type(Process process, String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes());
    process.getOutputStream().flush();
  }

  private static void await(BufferedReader out, String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int c = out.read();
      assertThat(c).as("end of output after: %s", seen).isNotNegative();
      seen.append((char) c);
    }
  }
}
