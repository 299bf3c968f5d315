package parley.cli;

import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ConnectException;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;

/** The command behind hello-client.sh. */
final class HelloClient {

  private static final String FROM_INPUT = "-";

  private static final String HELP =
      """
      usage: hello-client.sh [OPTION]... [NAME]...
      Asks a greeting server for each NAME and prints the answers in order. Without a NAME it prints
      the server's banner; with - as NAME it takes names from standard input, a line each.

        -i                    ask at a prompt with history and editing
            --endpoint TCP    where the server listens: tcp://HOST:PORT
            --timeout TIME    how long the connect, and then each answer, may take: 500ms, 10s
            --verbose         log to standard error
      """
          + ConfOptions.HELP
          + """

      Exit codes: 0 answered, 1 the server said ERR, 2 usage, 3 cannot connect, 4 no answer in time,
      5 connection lost, 70 a defect, 74 output cannot be written, 78 bad conf.
      """;

  private HelloClient() {}

  public static void main(String[] args) {
    if (!List.of(args).contains("--verbose") && System.getProperty("slf4j.provider") == null) {
      // A logging framework would take longer to start than the greeting takes.
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    }
    System.exit(run(args));
  }

  static int run(String... args) {
    Options options =
        new Options()
            .addOption("i", false, "")
            .addOption(null, "endpoint", true, "")
            .addOption(null, "timeout", true, "")
            .addOption(null, "verbose", false, "");
    return Commands.run(HELP, options, HelloClient::run, args);
  }

  private static int run(CommandLine line) throws UsageException, ConfException, IOException {
    PrintStream err = Commands.utf8(System.err);
    List<String> names = line.getArgList();
    checkNames(names, line.hasOption("i"));
    CompletableFuture<Object> banner = new CompletableFuture<>();
    Conf conf = ConfOptions.load(line, "client.conf", System.getenv());
    override(conf, line);
    ClientConfig config =
        ClientConf.read(conf, new GreetingProtocol()).onUnasked(banner::complete).build();
    if (ConfOptions.done(line, conf, Commands.utf8(System.out), err)) {
      return Exit.OK;
    }
    try (Terminal terminal = line.hasOption("i") ? terminal() : null;
        Client client = Client.connect(config)) {
      Conversation conversation = new Conversation(client, config, err, banner);
      if (terminal != null) {
        return new Prompt(conversation, terminal).run();
      }
      if (names.isEmpty()) {
        return conversation.banner();
      }
      boolean fromInput = names.get(0).equals(FROM_INPUT);
      return conversation.askAll(fromInput ? new InputNames(System.in) : Names.of(names));
    } catch (ConnectException e) {
      err.println(e.getMessage());
      return Exit.NO_CONNECTION;
    }
  }

  private static void checkNames(List<String> names, boolean interactive) throws UsageException {
    if (interactive && !names.isEmpty()) {
      throw new UsageException("-i takes no NAME");
    }
    if (names.size() > 1 && names.contains(FROM_INPUT)) {
      throw new UsageException("- stands alone (expected: NAME... or -)");
    }
    for (String name : names) {
      if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
        throw new UsageException("NAME holds a line break (expected: one line)");
      }
    }
  }

  private static void override(Conf conf, CommandLine line) throws UsageException {
    String endpoint = line.getOptionValue("endpoint");
    String timeout = line.getOptionValue("timeout");
    try {
      if (endpoint != null) {
        Endpoint.parse(endpoint);
        conf.text().option("endpoint", endpoint, "--endpoint");
      }
      if (timeout != null) {
        ConfKind.DURATION.of(ConfigValueFactory.fromAnyRef(timeout));
        conf.text().option("connect-timeout", timeout, "--timeout");
        conf.text().option("answer-timeout", timeout, "--timeout");
      }
    } catch (IllegalArgumentException e) {
      boolean isTime = String.valueOf(e.getMessage()).startsWith("(");
      throw new UsageException(
          (isTime ? "--timeout " + timeout : "--endpoint") + " " + e.getMessage());
    }
  }

  private static Terminal terminal() throws IOException, UsageException {
    try {
      return TerminalBuilder.builder().system(true).dumb(false).build();
    } catch (IllegalStateException e) {
      throw new UsageException("-i needs a terminal (for a pipe: hello-client.sh -)");
    }
  }
}
