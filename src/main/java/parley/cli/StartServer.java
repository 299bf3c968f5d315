package parley.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocols;
import parley.server.BindException;
import parley.server.Listener;
import parley.server.Server;
import parley.server.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command behind start-server.sh: serves until SIGTERM or SIGINT, then drains. */
@Command(
    name = "start-server.sh",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Version.class,
    description = "Serves the listeners of conf/server.conf until SIGTERM or SIGINT, then drains.",
    footer = {
      "",
      "The script takes two options of its own, first:",
      "      --daemon        Run in the background: pid and log in run/, or in $PARLEY_RUN.",
      "",
      "Exit codes: 0 drained, 1 sessions were cut at drain-timeout, 2 usage, 3 cannot bind,",
      "70 a defect, 78 bad conf."
    })
final class StartServer implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(StartServer.class);

  @Mixin private final ConfOptions options = new ConfOptions();

  @Option(
      names = "--print-chain",
      description = "Print each listener's filters, from the network up, and end.")
  private boolean printChain;

  public static void main(String[] args) {
    System.exit(Commands.run(new StartServer(), args));
  }

  @Override
  public Integer call() throws ConfException, IOException {
    PrintStream out = Commands.utf8(System.out);
    PrintStream err = Commands.utf8(System.err);
    Map<String, String> environment = System.getenv();
    Protocols protocols;
    try {
      protocols = Protocols.load(Plugins.loader(ConfOptions.home().resolve("plugins")));
    } catch (IllegalStateException e) {
      err.println(e.getMessage());
      return Exit.CONF;
    }
    Conf conf = options.load("server.conf", environment);
    ServerConfig config = ServerConf.read(conf, protocols, environment);
    ConfOptions.warnOfUnknownVariables(conf, err);
    if (options.done(conf, out)) {
      return Exit.OK;
    }
    Server server = new Server(config);
    if (printChain) {
      server.listeners().forEach(listener -> print(listener, out));
      server.close();
      return Exit.OK;
    }
    return serve(server, out, err);
  }

  private static int serve(Server server, PrintStream out, PrintStream err) {
    try {
      server.start();
    } catch (BindException e) {
      err.println(e.getMessage());
      return Exit.NO_CONNECTION;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "parley-shutdown"));
    server.listeners().forEach(listener -> out.println("listening " + listener));
    server.ended().join();
    return Exit.OK;
  }

  /** The JVM's own exit code after a signal would say that it was killed. */
  private static void drain(Server server) {
    int cut = server.drain().join();
    LOG.info("drained: sessions cut={}", cut);
    Runtime.getRuntime().halt(cut == 0 ? Exit.OK : Exit.REFUSED);
  }

  private static void print(Listener listener, PrintStream out) {
    out.println(listener.name() + " " + listener);
    for (IoFilterChain.Entry entry : listener.acceptor().getFilterChain().getAll()) {
      out.printf("  %-12s %s%n", entry.getName(), entry.getFilter().getClass().getName());
    }
    out.printf("  %-12s %s%n", "handler", listener.acceptor().getHandler().getClass().getName());
  }
}
