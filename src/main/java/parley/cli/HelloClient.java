package parley.cli;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ConnectException;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.tls.TlsException;

/** The command behind hello-client.sh. */
final class HelloClient {

  private static final String FROM_INPUT = "-";

  /** The options that set a key. */
  private static final Map<String, String> FILES =
      Map.of("ca", "tls.ca", "cert", "tls.certificate", "key", "tls.key");

  private static final String HELP =
      """
      usage: hello-client.sh [OPTION]... [NAME]...
      Sends each NAME to a greeting server and prints the answers in order. Without a NAME it prints
      the server's banner. If NAME is -, it reads names from standard input, one per line.

        -i                    read names at a prompt with history and editing
            --endpoint URI    where the server listens: tcp://HOST:PORT or tls://HOST:PORT
            --ca FILE         trust the CAs in this PEM file instead of the system's
            --cert FILE       the client's certificate, in PEM
            --key FILE        its private key, in PEM
            --insecure        trust any server; for development only
            --timeout TIME    how long the connect and each answer may take, such as 500ms or 10s
            --verbose         log to standard error
      """
          + ConfOptions.HELP
          + """

      Exit codes: 0 answered, 1 the server answered ERR, 2 usage, 3 cannot connect, 4 no answer in
      time, 5 connection lost, 6 TLS failed, 70 a defect, 74 cannot write output, 78 invalid conf.
      """;

  private HelloClient() {}

  public static void main(String[] args) {
    if (!List.of(args).contains("--verbose") && System.getProperty("slf4j.provider") == null) {
      // A logging framework would take longer to start than the whole exchange takes.
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
            .addOption(null, "ca", true, "")
            .addOption(null, "cert", true, "")
            .addOption(null, "key", true, "")
            .addOption(null, "insecure", false, "")
            .addOption(null, "timeout", true, "")
            .addOption(null, "verbose", false, "");
    return Commands.run(HELP, options, HelloClient::run, args);
  }

  private static int run(CommandLine line) throws UsageException, ConfException, IOException {
    PrintStream err = Commands.utf8(System.err);
    List<String> names = line.getArgList();
    checkNames(names, line.hasOption("i"));
    UnsolicitedLines unsolicited = new UnsolicitedLines();
    Conf conf = ConfOptions.load(line, "client.conf", System.getenv());
    override(conf, line);
    ClientConfig<String, String> config =
        ClientConf.read(conf, new GreetingProtocol(), unsolicited);
    Integer done = ConfOptions.done(line, conf, Commands.utf8(System.out), err);
    if (done != null) {
      return done;
    }
    try (Terminal terminal = line.hasOption("i") ? terminal() : null;
        Client<String, String> client = Client.connect(config)) {
      GreetingRequests requests = new GreetingRequests(client, config, err, unsolicited);
      if (terminal != null) {
        return new Prompt(requests, terminal).run();
      }
      if (names.isEmpty()) {
        return requests.banner();
      }
      boolean fromInput = names.get(0).equals(FROM_INPUT);
      return requests.askAll(fromInput ? new InputNames(System.in) : Names.of(names));
    } catch (ConnectException e) {
      err.println(e.getMessage());
      return e.getCause() instanceof TlsException ? Exit.TLS : Exit.NO_CONNECTION;
    }
  }

  private static void checkNames(List<String> names, boolean interactive) throws UsageException {
    if (interactive && !names.isEmpty()) {
      throw new UsageException("-i: cannot be combined with a NAME (expected: NAME... or -i)");
    }
    if (names.size() > 1 && names.contains(FROM_INPUT)) {
      throw new UsageException("-: cannot be combined with a NAME (expected: NAME... or -)");
    }
    for (String name : names) {
      if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
        throw new UsageException("NAME contains a line break (expected: one line)");
      }
      if (name.indexOf('\uFFFD') >= 0) {
        throw new UsageException("NAME is not UTF-8");
      }
    }
  }

  private static void override(Conf conf, CommandLine line) throws UsageException {
    String endpoint = last(line, "endpoint");
    if (endpoint != null) {
      check("--endpoint " + endpoint, () -> unused().endpoint(Endpoint.parse(endpoint)));
      conf.text().option("endpoint", endpoint, "--endpoint");
    }
    for (Map.Entry<String, String> each : FILES.entrySet()) {
      String file = last(line, each.getKey());
      if (file != null) {
        conf.text().option(each.getValue(), file, "--" + each.getKey());
      }
    }
    if (line.hasOption("insecure")) {
      conf.text().option("tls.insecure", "true", "--insecure");
    }
    String timeout = last(line, "timeout");
    if (timeout != null) {
      ConfigValue value = ConfigValueFactory.fromAnyRef(timeout);
      check("--timeout " + timeout, () -> unused().connectTimeout(ConfKind.DURATION.of(value)));
      conf.text().option("connect-timeout", timeout, "--timeout");
      conf.text().option("answer-timeout", timeout, "--timeout");
    }
  }

  /** Returns a message in which a key that has an option is named by that option. */
  static String inOptions(String problem) {
    String message = problem;
    for (Map.Entry<String, String> each : FILES.entrySet()) {
      message =
          message.replace(
              "(expected: " + each.getValue() + " with", "(expected: --" + each.getKey() + " with");
    }
    return message;
  }

  private static @Nullable String last(CommandLine line, String option) {
    String[] values = line.getOptionValues(option);
    return values == null ? null : values[values.length - 1];
  }

  /** Returns a builder that only checks values. */
  private static ClientConfig.Builder<String, String> unused() {
    return ClientConfig.builder("tcp://127.0.0.1:1", new GreetingProtocol());
  }

  private static void check(String option, Supplier<ClientConfig.Builder<?, ?>> setter)
      throws UsageException {
    try {
      var unused = setter.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + " " + Conf.rule(String.valueOf(e.getMessage())));
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
