package parley.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.proxy.ProxyConfig;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.ServerConfig;
import parley.telemetry.SessionLog;
import parley.tls.TlsConfig;

/** Builds a ServerConfig from a conf. */
final class ServerConf {

  private static final String SHORT_ENDPOINT = "PARLEY_ENDPOINT";

  /** A placeholder until the endpoint is read, because a builder needs one. */
  private static final Endpoint UNSET = Endpoint.parse("tcp://127.0.0.1:0");

  private static final String EVENT_LOOPS = "(expected: 1 to 1024, or auto)";

  private final Conf conf;
  private final Protocols protocols;
  private final @Nullable String shortEndpoint;

  private ServerConf(Conf conf, Protocols protocols, Map<String, String> environment) {
    this.conf = conf;
    this.protocols = protocols;
    this.shortEndpoint = environment.get(SHORT_ENDPOINT);
  }

  /**
   * Reads every key.
   *
   * @throws ConfException with all problems
   */
  static ServerConfig read(Conf conf, Protocols protocols, Map<String, String> environment)
      throws ConfException {
    @Nullable ServerConfig config = new ServerConf(conf, protocols, environment).read();
    conf.finish();
    return Objects.requireNonNull(config); // otherwise finish() has thrown
  }

  private @Nullable ServerConfig read() {
    ServerConfig.Builder server = ServerConfig.builder();
    conf.read("event-loops", "server.event-loops", ConfKind.TEXT, text -> eventLoops(server, text));
    conf.read("drain-delay", "server.drain-delay", ConfKind.DURATION, server::drainDelay);
    conf.read("drain-timeout", "server.drain-timeout", ConfKind.DURATION, server::drainTimeout);
    conf.read("close-timeout", "server.close-timeout", ConfKind.DURATION, server::closeTimeout);
    conf.read("watchdog", "server.watchdog", ConfKind.DURATION, server::watchdog);
    conf.read(
        "outbound-total",
        "server.outbound-total",
        ConfKind.BYTES_OR_AUTO,
        bytes -> bytes.ifPresent(server::outboundTotalBytes));
    List<String> enabled = new ArrayList<>();
    List<String> names = conf.blocksIn("listeners");
    for (String name : names) {
      conf.read(
          "listeners." + name + ".enabled",
          "listener.enabled",
          ConfKind.BOOLEAN,
          on -> {
            if (on) {
              enabled.add(name);
            }
          });
    }
    if (enabled.isEmpty()) {
      conf.problem(
          conf.text().place("listeners"),
          "listeners: no listener is enabled (expected: at least one)");
    }
    if (shortEndpoint != null && enabled.size() > 1) {
      conf.problem(
          "environment variable " + SHORT_ENDPOINT,
          "several listeners are enabled (expected: a variable for one of them, such as "
              + ConfText.variable("listeners." + enabled.get(0) + ".endpoint")
              + ")");
    }
    for (String name : names) {
      listener(server, name, enabled.contains(name));
    }
    try {
      return server.build();
    } catch (IllegalArgumentException e) { // outbound-total is too small
      conf.problem(conf.text().place("outbound-total"), "", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static void eventLoops(ServerConfig.Builder server, String text) {
    if (!text.equals("auto")) {
      if (!text.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException(EVENT_LOOPS);
      }
      try {
        server.eventLoops(Integer.parseInt(text));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(EVENT_LOOPS, e);
      }
    }
  }

  /**
   * Reads one listener. A disabled listener is read too, so that its mistakes are reported early.
   */
  private void listener(ServerConfig.Builder server, String name, boolean enabled) {
    String prefix = "listeners." + name + ".";
    List<Protocol<?, ?>> found = new ArrayList<>();
    int problems = conf.problems();
    conf.read(prefix + "protocol", null, protocolOf(name), text -> found.add(protocol(text)));
    if (found.isEmpty()) {
      conf.ignore("listeners." + name);
      return;
    }
    Protocol<?, ?> protocol = found.get(0);
    ListenerConfig.Builder listener = ListenerConfig.builder(name, UNSET, protocol);
    if (enabled && shortEndpoint != null) {
      conf.text()
          .shorthand(prefix + "endpoint", shortEndpoint, "environment variable " + SHORT_ENDPOINT);
    }
    conf.read(prefix + "endpoint", null, ConfKind.ENDPOINT, listener::endpoint);
    conf.read(prefix + "backlog", "listener.backlog", ConfKind.INTEGER, listener::backlog);
    conf.read(
        prefix + "reuse-address",
        "listener.reuse-address",
        ConfKind.BOOLEAN,
        listener::reuseAddress);
    conf.read(
        prefix + "tcp-no-delay", "listener.tcp-no-delay", ConfKind.BOOLEAN, listener::tcpNoDelay);
    conf.read(
        prefix + "executor-threads",
        "listener.executor-threads",
        ConfKind.INTEGER,
        listener::executorThreads);
    conf.read(
        prefix + "executor-queue",
        "listener.executor-queue",
        ConfKind.INTEGER,
        listener::executorQueue);
    conf.read(
        prefix + "session-log",
        "listener.session-log",
        ConfKind.TEXT,
        text -> listener.sessionLog(SessionLog.of(text)));
    SettingsConf.readBlock(
        conf,
        prefix + "proxy-protocol",
        "listener.proxy-protocol",
        ProxyConfig.ALL,
        listener::proxyProtocol);
    SettingsConf.readTls(
        conf, prefix + "tls", "listener.tls", TlsConfig.OF_LISTENER, listener::tls);
    SettingsConf.readBlock(conf, prefix + "limits", "listener.limits", Limits.ALL, listener::limit);
    SettingsConf.read(conf, prefix + "settings", protocol, listener::set);
    if (conf.problems() == problems) {
      ListenerConfig built = build(prefix, listener, enabled);
      if (built != null) {
        add(server, prefix, built);
      }
    }
  }

  /** Returns the expected protocols, with the nearest key or listener for a missing protocol. */
  private ConfKind<String> protocolOf(String name) {
    String block = "listeners." + name;
    Set<String> others = new TreeSet<>(conf.wordsIn("listeners"));
    others.remove(name);
    String nearest =
        Nearest.to("protocol", conf.wordsIn(block))
            .map(word -> "; nearest there: " + word)
            .or(() -> Nearest.to(name, others).map(word -> "; nearest listener: " + word))
            .orElse("");
    return new ConfKind<>(String.join(", ", protocols.names()) + nearest, ConfKind.TEXT.read());
  }

  /**
   * Builds a listener. Returns null for a disabled listener, which is checked without its files.
   */
  private @Nullable ListenerConfig build(
      String prefix, ListenerConfig.Builder listener, boolean enabled) {
    try {
      if (enabled) {
        return listener.build();
      }
      listener.check();
      return null;
    } catch (IllegalArgumentException e) { // contradicting limits, or TLS files
      if (!SettingsConf.isTlsProblem(conf, prefix, e)) {
        String limits = prefix + "limits";
        conf.problem(conf.text().place(limits), limits, String.valueOf(e.getMessage()));
      }
      return null;
    }
  }

  private void add(ServerConfig.Builder server, String prefix, ListenerConfig listener) {
    try {
      server.listener(listener);
    } catch (IllegalArgumentException e) { // another listener has this endpoint
      String key = prefix + "endpoint";
      conf.problem(conf.text().place(key), key + ": " + e.getMessage());
    }
  }

  private Protocol<?, ?> protocol(String name) {
    Protocol<?, ?> protocol = protocols.find(name);
    if (protocol == null) {
      throw new IllegalArgumentException(Nearest.expected(name, protocols.names()));
    }
    return protocol;
  }
}
