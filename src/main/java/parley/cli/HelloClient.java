package parley.cli;

import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ConnectException;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command behind hello-client.sh. */
@Command(
    name = "hello-client.sh",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Version.class,
    description = "Asks a greeting server for each NAME, and prints the answers in order.",
    footer = {
      "",
      "Exit codes: 0 answered, 1 the server said ERR, 2 usage, 3 cannot connect, 4 no answer in",
      "time, 5 connection lost, 70 a defect, 74 output cannot be written, 78 bad conf."
    })
final class HelloClient implements Callable<Integer> {

  private static final String FROM_INPUT = "-";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final ConfOptions options = new ConfOptions();

  @Option(
      names = "--endpoint",
      paramLabel = "tcp://HOST:PORT",
      converter = Place.class,
      description = "Where the server listens.")
  private @Nullable Endpoint endpoint;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Time.class,
      description = "How long the connect, and then each answer, may take, such as 500ms or 10s.")
  private @Nullable String timeout;

  @Option(names = "-i", description = "Ask at a prompt with history and editing.")
  private boolean interactive;

  @SuppressWarnings("UnusedVariable") // main looks for it, before the first logger is made
  @Option(names = "--verbose", description = "Log to standard error.")
  private boolean verbose;

  @Parameters(
      paramLabel = "NAME",
      description =
          "Names to ask for; none prints the server's banner. - takes them from standard input,"
              + " a line each.")
  private List<String> names = List.of();

  public static void main(String[] args) {
    if (!List.of(args).contains("--verbose") && System.getProperty("slf4j.provider") == null) {
      // A logging framework would take longer to start than the greeting takes.
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    }
    System.exit(Commands.run(new HelloClient(), args));
  }

  @Override
  public Integer call() throws ConfException, IOException {
    PrintStream err = Commands.utf8(System.err);
    checkUsage();
    CompletableFuture<Object> banner = new CompletableFuture<>();
    Conf conf = options.load("client.conf", System.getenv());
    if (endpoint != null) {
      conf.option("endpoint", endpoint.toString(), "--endpoint");
    }
    if (timeout != null) {
      conf.option("connect-timeout", timeout, "--timeout");
      conf.option("answer-timeout", timeout, "--timeout");
    }
    ClientConfig config = ClientConf.read(conf, greeting()).onUnasked(banner::complete).build();
    ConfOptions.warnOfUnknownVariables(conf, err);
    if (options.done(conf, Commands.utf8(System.out))) {
      return Exit.OK;
    }
    try (Terminal terminal = interactive ? terminal() : null;
        Client client = Client.connect(config)) {
      return converse(client, config, banner, terminal);
    } catch (ConnectException e) {
      err.println(e.getMessage());
      return Exit.NO_CONNECTION;
    }
  }

  private void checkUsage() {
    if (interactive && !names.isEmpty()) {
      throw usage("-i takes no NAME");
    }
    if (names.size() > 1 && names.contains(FROM_INPUT)) {
      throw usage("- stands alone (expected: NAME... or -)");
    }
    for (String name : names) {
      if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
        throw usage("NAME holds a line break (expected: one line)");
      }
    }
  }

  private Terminal terminal() throws IOException {
    try {
      return TerminalBuilder.builder().system(true).dumb(false).build();
    } catch (IllegalStateException e) {
      throw usage("-i needs a terminal (for a pipe: hello-client.sh -)");
    }
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** Looked up by name: what the command speaks is a plug-in to it like any other. */
  private static Protocol greeting() {
    Protocol protocol = Protocols.load().find("greeting");
    if (protocol == null) {
      throw new IllegalStateException("the greeting protocol is not in the class path");
    }
    return protocol;
  }

  private int converse(
      Client client,
      ClientConfig config,
      CompletableFuture<Object> banner,
      @Nullable Terminal terminal)
      throws IOException {
    Conversation conversation = new Conversation(client, config, Commands.utf8(System.err), banner);
    if (terminal != null) {
      return new Prompt(conversation, terminal).run();
    }
    if (names.isEmpty()) {
      return conversation.banner();
    }
    Names source = names.get(0).equals(FROM_INPUT) ? new InputNames(System.in) : Names.of(names);
    return conversation.askAll(source);
  }

  /** Reads a time as conf files do. */
  static final class Time implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      ConfKind.DURATION.of(ConfigValueFactory.fromAnyRef(text));
      return text;
    }
  }

  /** Reads an endpoint. */
  static final class Place implements ITypeConverter<Endpoint> {
    @Override
    public Endpoint convert(String text) {
      return Endpoint.parse(text);
    }
  }
}
