package parley.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Endpoint;
import parley.internal.accept.InheritedSocket;
import parley.protocol.FilterNames;
import parley.protocol.Protocols;
import parley.server.BindException;
import parley.server.Listener;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** The command behind start-server.sh: serves until SIGTERM or SIGINT, then drains. */
final class StartServer {

  private static final Map<String, String> PURPOSES =
      Map.of(
          FilterNames.CONNECTION,
          "guards the event loop, sets the log context, lingers before a close",
          FilterNames.PROXY_PROTOCOL,
          "reads the header of a trusted proxy",
          FilterNames.TLS,
          "encrypts and decrypts with TLS",
          FilterNames.CODEC,
          "decodes and encodes frames",
          FilterNames.DRAIN,
          "handles deadlines, half-close and graceful shutdown",
          FilterNames.EXECUTOR,
          "moves the handler to threads of its own",
          FilterNames.FAULT,
          "ends the session at its first fault",
          "handler",
          "handles frames");

  private static final Logger LOG = LoggerFactory.getLogger(StartServer.class);

  private static final String HELP =
      """
      usage: start-server.sh [--daemon] [OPTION]...
      Serves the listeners of conf/server.conf until SIGTERM or SIGINT, then drains.

            --daemon          run in the background, with the pid and the log in run/ or in
                              $PARLEY_RUN; returns when the server listens, or fails after
                              $PARLEY_START_TIMEOUT (default: 60s)
            --print-chain     print each listener's filters, from the network up, and exit
      """
          + ConfOptions.HELP
          + """

      Exit codes: 0 drained, 1 drain-timeout cut sessions, 2 usage, 3 cannot bind or already
      running, 4 ended before it listened or did not listen in time, 70 a defect, 71 too little
      memory or too few threads to start, 74 cannot write output, 77 cannot use the run folder or
      a file in it, 78 invalid conf, 134 out of memory.
      """;

  private StartServer() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    Options options = new Options().addOption(null, "print-chain", false, "");
    return Commands.run(HELP, options, StartServer::run, args);
  }

  private static int run(CommandLine line) throws UsageException, ConfException, IOException {
    try {
      return start(line);
    } catch (OutOfMemoryError tooLittle) {
      Commands.utf8(System.err)
          .println(
              "cannot start: "
                  + tooLittle.getMessage()
                  + " (see event-loops; ulimit -u; -Xmx in conf/setenv.sh)");
      return Exit.TOO_LITTLE;
    }
  }

  private static int start(CommandLine line) throws UsageException, ConfException, IOException {
    PrintStream out = Commands.utf8(System.out);
    PrintStream err = Commands.utf8(System.err);
    Map<String, String> environment = System.getenv();
    if (!line.getArgList().isEmpty()) {
      throw new UsageException("argument: " + line.getArgList().get(0) + " (expected: none)");
    }
    Protocols protocols =
        Protocols.load(ConfOptions.home().resolve("plugins"), SmallServices.all());
    Conf conf = ConfOptions.load(line, "server.conf", environment);
    ServerConfig config = ServerConf.read(conf, protocols, environment);
    if (line.hasOption("check-config")) {
      new Server(config).close(); // checks the protocols' return values too
    }
    Integer done = ConfOptions.done(line, conf, out, err);
    if (done != null) {
      return done;
    }
    checkInherited(config, environment);
    if (line.hasOption("print-chain")) {
      try (Server server = new Server(config)) {
        server.listeners().forEach(listener -> print(listener, out));
      }
      return Commands.checked(System.out, err);
    }
    try (RunFolder folder = RunFolder.ofDaemon()) {
      Integer refused = claim(folder, err);
      return refused == null ? serve(new Server(config), folder, out, err) : refused;
    }
  }

  /** Claims the run folder. Returns the exit code if that fails, or null. */
  private static @Nullable Integer claim(RunFolder folder, PrintStream err) {
    try {
      if (folder.claim()) {
        return null;
      }
      err.println("parley is already running: " + folder.holder());
      return Exit.NO_CONNECTION;
    } catch (IOException e) {
      err.println("cannot use the run folder: " + e);
      return Exit.RUN_FOLDER;
    }
  }

  private static int serve(Server server, RunFolder folder, PrintStream out, PrintStream err) {
    Thread hook = new Thread(() -> drain(server, folder), "parley-shutdown");
    Runtime.getRuntime().addShutdownHook(hook); // before the start, so that a signal always drains
    StringBuilder ready = new StringBuilder();
    try {
      server.start();
      server.listeners().forEach(each -> ready.append("listening ").append(each).append('\n'));
      folder.serving(ready.toString());
    } catch (BindException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      err.println(e.getMessage());
      return Exit.NO_CONNECTION;
    } catch (IllegalStateException ended) { // a signal ended the server before it started
      server.ended().join();
      return Exit.OK;
    } catch (RuntimeException | Error defect) { // the hook would hide its exit code
      Runtime.getRuntime().removeShutdownHook(hook);
      throw defect;
    }
    out.print(ready); // one write, so that a waiting reader sees all or nothing
    out.flush();
    server.ended().join();
    return Exit.OK;
  }

  /** Checks that a listener uses an inherited socket; otherwise its clients would wait forever. */
  private static void checkInherited(ServerConfig config, Map<String, String> environment)
      throws ConfException {
    InetSocketAddress socket = inherited();
    String later = environment.get("LISTEN_FDS");
    String pid = environment.get("LISTEN_PID");
    if (socket == null && later != null && (ProcessHandle.current().pid() + "").equals(pid)) {
      throw new ConfException(
          List.of(
              "environment variable LISTEN_FDS = "
                  + later
                  + ": only descriptor 0 is used as a socket (expected: StandardInput=socket in the"
                  + " unit, or systemd-socket-activate --inetd)"));
    }
    List<Endpoint> endpoints = config.listeners().stream().map(ListenerConfig::endpoint).toList();
    if (socket != null
        && endpoints.stream()
            .noneMatch(each -> InheritedSocket.isFor(each.toSocketAddress(), socket))) {
      throw new ConfException(
          List.of(
              "inherited socket "
                  + Endpoint.of(socket).authority()
                  + ": not the endpoint of a listener (expected: "
                  + endpoints.stream().map(Endpoint::toString).collect(Collectors.joining(", "))
                  + ")"));
    }
  }

  private static @Nullable InetSocketAddress inherited() {
    try {
      return InheritedSocket.address();
    } catch (IOException e) {
      LOG.debug("no inherited socket: cause=\"{}\"", e.toString());
      return null;
    }
  }

  /** Drains the server and halts: the JVM's own exit code after a signal would mean "killed". */
  private static void drain(Server server, RunFolder folder) {
    int cut = server.drain().join().sessionsCut();
    folder.close();
    LOG.info("drained: sessions_cut={}", cut);
    Runtime.getRuntime().halt(cut == 0 ? Exit.OK : Exit.REFUSED);
  }

  private static void print(Listener listener, PrintStream out) {
    out.println(listener.name() + " " + listener);
    for (IoFilterChain.Entry entry : listener.acceptor().getFilterChain().getAll()) {
      print(entry.getName(), entry.getFilter(), out);
    }
    print("handler", listener.acceptor().getHandler(), out);
  }

  private static void print(String name, Object part, PrintStream out) {
    String purpose = PURPOSES.getOrDefault(name, "");
    out.println(
        String.format("  %-14s %-42s %s", name, part.getClass().getName(), purpose)
            .stripTrailing());
  }
}
