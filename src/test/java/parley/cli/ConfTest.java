package parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.ClientConfig;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.ServerConfig;

class ConfTest {

  private static final String GREETING =
      """
      listeners {
        greeting {
          endpoint = "tcp://127.0.0.1:9123"
          protocol = greeting
      """;

  @TempDir Path temp;

  private Conf conf(String text, List<String> sets, Map<String, String> environment)
      throws ConfException, IOException {
    return Conf.load(Files.writeString(temp.resolve("test.conf"), text), sets, environment);
  }

  private ServerConfig server(String text, List<String> sets, Map<String, String> environment)
      throws ConfException, IOException {
    return ServerConf.read(
        conf(text, sets, environment), Protocols.load(SmallServices.all()), environment);
  }

  private String problem(String text, String... sets) {
    try {
      server(text, List.of(sets), Map.of());
      return "";
    } catch (ConfException e) {
      return String.valueOf(e.getMessage()).replace(temp + "/", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The builders' defaults, reference.conf and the shipped files agree. */
  @Test
  void shippedFilesStateTheDefaults() throws Exception {
    ServerConfig shipped =
        ServerConf.read(
            Conf.load(Path.of("conf/server.conf"), List.of(), Map.of()),
            Protocols.load(SmallServices.all()),
            Map.of());
    ServerConfig minimal = server(GREETING + "}}", List.of(), Map.of());
    ServerConfig built = ServerConfig.builder().build();
    ListenerConfig listener =
        ListenerConfig.builder("g", Endpoint.parse("tcp://127.0.0.1:9123"), new GreetingProtocol())
            .build();
    for (ServerConfig read : List.of(shipped, minimal)) {
      assertThat(read.eventLoops()).isEqualTo(built.eventLoops());
      assertThat(read.drainDelay()).isEqualTo(built.drainDelay());
      assertThat(read.drainTimeout()).isEqualTo(built.drainTimeout());
      assertThat(read.closeTimeout()).isEqualTo(built.closeTimeout());
      assertThat(read.outboundTotalBytes()).isEqualTo(built.outboundTotalBytes());
      assertThat(read.watchdog()).isEqualTo(built.watchdog());
      assertThat(read.listeners().get(0).limits().all()).isEqualTo(listener.limits().all());
      assertThat(read.listeners()).hasSize(1);
      ListenerConfig each = read.listeners().get(0);
      assertThat(each.endpoint()).isEqualTo(listener.endpoint());
      assertThat(each.backlog()).isEqualTo(listener.backlog());
      assertThat(each.reuseAddress()).isEqualTo(listener.reuseAddress());
      assertThat(each.tcpNoDelay()).isEqualTo(listener.tcpNoDelay());
      assertThat(each.executorThreads()).isEqualTo(listener.executorThreads());
      assertThat(each.executorQueue()).isEqualTo(listener.executorQueue());
      assertThat(each.sessionLog()).isEqualTo(listener.sessionLog());
      assertThat(each.limits().all()).isEqualTo(listener.limits().all());
      assertThat(each.proxyProtocol().settings().all())
          .isEqualTo(listener.proxyProtocol().settings().all());
      assertThat(each.tls().ofListener("x").all()).isEqualTo(listener.tls().ofListener("x").all());
      assertThat(each.settings().all().values())
          .containsExactlyElementsOf(listener.settings().all().values());
    }
    ClientConfig<String, String> client =
        readClient(Conf.load(Path.of("conf/client.conf"), List.of(), Map.of()));
    ClientConfig<String, String> fromNothing = readClient(conf("", List.of(), Map.of()));
    ClientConfig<String, String> builtClient =
        ClientConfig.builder(listener.endpoint(), new GreetingProtocol()).build();
    for (ClientConfig<String, String> read : List.of(client, fromNothing)) {
      assertThat(read.endpoint()).isEqualTo(builtClient.endpoint());
      assertThat(read.connectTimeout()).isEqualTo(builtClient.connectTimeout());
      assertThat(read.answerTimeout()).isEqualTo(builtClient.answerTimeout());
      assertThat(read.closeTimeout()).isEqualTo(builtClient.closeTimeout());
      assertThat(read.maxInFlight()).isEqualTo(builtClient.maxInFlight());
      assertThat(read.tls().ofClient().all()).isEqualTo(builtClient.tls().ofClient().all());
      assertThat(read.settings().all().values())
          .containsExactlyElementsOf(builtClient.settings().all().values());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drain-timeout = 10 | test.conf:1: drain-timeout = 10 (expected: a time with a unit, such as 500ms, 10s or 2m)",
        "drain-timeout = -1s | test.conf:1: drain-timeout = \"-1s\" (expected: 0s to 24h)",
        "drain-timeout = soon | test.conf:1: drain-timeout = \"soon\" (expected: a time with a unit, such as 500ms, 10s or 2m)",
        "drain-delay = 25h | test.conf:1: drain-delay = \"25h\" (expected: 0s to 24h)",
        "event-loops = 0 | test.conf:1: event-loops = 0 (expected: 1 to 1024, or auto)",
        "event-loops = many | test.conf:1: event-loops = \"many\" (expected: 1 to 1024, or auto)",
        "drain-timout = 1s | test.conf:1: drain-timout is not a key (nearest: drain-timeout; expected: close-timeout, drain-delay, drain-timeout, event-loops, listeners, outbound-total, watchdog)",
        "outbound-total = lots | test.conf:1: outbound-total = \"lots\" (expected: a size, such as 64MiB, or auto)",
        "outbound-total = 5 | test.conf:1: outbound-total = 5 (expected: 64KiB or more)",
        "outbound-total = 64KiB | test.conf:1: outbound-total: 64KiB (expected: at least outbound-high of listener greeting, 1MiB)",
        "outbound-total = 70000.0 | test.conf:1: outbound-total: 70000.0 (expected: at least outbound-high of listener greeting, 1MiB)",
        "outbound-total = 99999.5 | test.conf:1: outbound-total = 99999.5 (expected: a size, such as 64MiB, or auto)",
        "drain-timeout = 1e1 | test.conf:1: drain-timeout = 1e1 (expected: a time with a unit, such as 500ms, 10s or 2m)",
        "event-loops = 1e0 | test.conf:1: event-loops = 1e0 (expected: 1 to 1024, or auto)",
        "event-loops = 007.0 | test.conf:1: event-loops = 007.0 (expected: 1 to 1024, or auto)",
        "close-timeout { a = [1e0, {b = 2.0}] } | test.conf:1: close-timeout = {\"a\":[1e0,{\"b\":2.0}]} (expected: a time with a unit, such as 500ms, 10s or 2m)",
        "watchdog = -1s | test.conf:1: watchdog = \"-1s\" (expected: 0s to 24h)",
        "listeners = 5 | test.conf:1: listeners (expected: a block { })",
        "close-timeout = null | test.conf:1: close-timeout = null (expected: a time with a unit, such as 500ms, 10s or 2m)",
        "close-timeout { a = 1 } | test.conf:1: close-timeout = {\"a\":1} (expected: a time with a unit, such as 500ms, 10s or 2m)",
      })
  void badTopLevelKeys(String line, String expected) {
    String rest = line.startsWith("listeners") ? "" : "\n" + GREETING + "}}";
    assertThat(problem(line + rest).lines()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backlog = 0 | test.conf:5: listeners.greeting.backlog = 0 (expected: 1 to 65535)",
        "backlog = 1.5 | test.conf:5: listeners.greeting.backlog = 1.5 (expected: a whole number)",
        "backlog = 1e0 | test.conf:5: listeners.greeting.backlog = 1e0 (expected: a whole number)",
        "backlog = 10.0 | test.conf:5: listeners.greeting.backlog = 10.0 (expected: a whole number)",
        "backlog = -0 | test.conf:5: listeners.greeting.backlog = -0 (expected: 1 to 65535)",
        "settings { max-line = 10.5 } | test.conf:5: listeners.greeting.settings.max-line = 10.5 (expected: a size, such as 1024 or 64KiB)",
        "limits { outbound-high = 1024 } | test.conf:5: listeners.greeting.limits: outbound-high: 1024 (expected: at least outbound-low, 256KiB)",
        "backlog = 99999999999 | test.conf:5: listeners.greeting.backlog = 99999999999 (expected: 1 to 65535)",
        "session-log = some | test.conf:5: listeners.greeting.session-log = \"some\" (expected: off, abnormal, all)",
        "tcp-no-delay = maybe | test.conf:5: listeners.greeting.tcp-no-delay = \"maybe\" (expected: true or false)",
        "backlogg = 5 | test.conf:5: listeners.greeting.backlogg is not a key (nearest: backlog; expected: backlog, enabled, endpoint, executor-queue, executor-threads, limits, protocol, proxy-protocol, reuse-address, session-log, settings, tcp-no-delay, tls)",
        "endpoint = \"udp://h:1\" | test.conf:5: listeners.greeting.endpoint = \"udp://h:1\" (expected: tcp or tls)",
        "endpoint = \"tcp://h:70000\" | test.conf:5: listeners.greeting.endpoint = \"tcp://h:70000\" (expected: 0 to 65535)",
        "protocol = greting | test.conf:5: listeners.greeting.protocol = \"greting\" (nearest: greeting; expected: chargen, daytime, discard, echo, greeting, time)",
        "settings { max-line = 0 } | test.conf:5: listeners.greeting.settings.max-line = 0 (expected: 1 to 1MiB)",
        "settings { max-line = 99999999999999999999KiB } | test.conf:5: listeners.greeting.settings.max-line = \"99999999999999999999KiB\" (expected: 1 to 1MiB)",
        "settings { banner = \"\" } | test.conf:5: listeners.greeting.settings.banner = \"\" (expected: one line of text, not empty)",
        "limits { connections = 0 } | test.conf:5: listeners.greeting.limits.connections = 0 (expected: 1 to 1000000)",
        "limits { outbound-high = 1KiB } | test.conf:5: listeners.greeting.limits: outbound-high: 1KiB (expected: at least outbound-low, 256KiB)",
        "settings { baner = a } | test.conf:5: listeners.greeting.settings.baner is not a key of protocol greeting (nearest: banner; expected: answer, banner, max-answer, max-line)",
      })
  void badListenerKeys(String line, String expected) {
    assertThat(problem(GREETING + line + "}}").lines()).contains(expected);
  }

  @Test
  void anUnknownLimitIsReportedWithAllKnownLimits() {
    String all = Limits.ALL.stream().map(Setting::key).sorted().collect(Collectors.joining(", "));
    assertThat(problem(GREETING + "limits { connection = 5 }}}").lines())
        .contains(
            "test.conf:5: listeners.greeting.limits.connection is not a key of limits"
                + (" (nearest: connections; expected: " + all + ")"));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThat(problem("event-loops = 0\nfoo = 1\n" + GREETING + "backlog = 0 }}").lines())
        .hasSize(3);
  }

  @Test
  void missingAndUnparsableFiles() {
    assertThat(problem(""))
        .isEqualTo("test.conf: listeners: no listener is enabled (expected: at least one)");
    assertThatThrownBy(() -> Conf.load(temp, List.of(), Map.of()))
        .hasMessage(temp + ": not a readable file");
    assertThat(problem("listeners { a { endpoint = \"tcp://h:1\" } }"))
        .isEqualTo(
            "test.conf:1: listeners.a.protocol is missing (expected: chargen, daytime, discard, echo, greeting, time)");
    assertThat(problem("listeners { a { protocl = echo } }"))
        .contains("listeners.a.protocol is missing (expected: chargen,")
        .endsWith("time; nearest there: protocl)");
    assertThat(problem(GREETING + "}\n greting.backlog = 5 }"))
        .contains("listeners.greting.protocol is missing (expected: chargen,")
        .endsWith("time; nearest listener: greeting)");
    assertThat(
            problem(
                GREETING
                    + "}\n b { endpoint = ${listeners.greeting.endpoint}, protocol = echo } }"))
        .contains("listeners.b.endpoint: tcp://")
        .endsWith(" is the endpoint of listener greeting (expected: a different one)");
    assertThat(problem("listeners { a { protocol = echo } }"))
        .isEqualTo(
            "test.conf:1: listeners.a.endpoint is missing (expected: tcp://HOST:PORT or tls://HOST:PORT)");
    assertThat(problem("a = 1\nb = [1, 2\nc = }")).startsWith("test.conf:3: ");
    assertThat(problem("drain-timeout = ${nowhere}\n" + GREETING + "}}"))
        .startsWith("test.conf:1: ");
    assertThatThrownBy(() -> Conf.load(temp.resolve("none.conf"), List.of(), Map.of()))
        .isInstanceOf(ConfException.class)
        .hasMessage(temp.resolve("none.conf") + ": no such file");
  }

  @Test
  void tooDeepNestingIsRejected() throws Exception {
    String deep = "[".repeat(20_000) + "]".repeat(20_000);
    String tooDeep = "nested too deeply (expected: fewer than 100 levels)";
    assertThat(problem("a = " + deep)).isEqualTo("test.conf: " + tooDeep);
    assertThat(problem("a = " + "[".repeat(100) + "]".repeat(100)))
        .isEqualTo("test.conf: " + tooDeep);
    assertThat(problem("a = " + "[".repeat(99) + "]".repeat(99) + "\n" + GREETING + "}}"))
        .startsWith("test.conf:1: a is not a key");
    assertThat(problem(GREETING + "}}", "a=" + deep)).isEqualTo("--set a: " + tooDeep);
  }

  @Test
  void aProblemIsAlwaysOneLine() {
    assertThat(problem(GREETING + "}}", "a\nb"))
        .isEqualTo("--set a\\u000ab: (expected: KEY=VALUE)");
    assertThat(problem("listeners { \"a\\u001bb\" = 1 }").lines())
        .contains(
            "test.conf:1: listeners.a\\u001bb"
                + " (expected: a block { } with a name of letters, digits, - and _)");
  }

  @Test
  void theCommandLineOverridesTheEnvironmentAndThatTheFile() throws Exception {
    String text = "drain-timeout = 1s\n" + GREETING + "}}";
    Map<String, String> environment = Map.of("PARLEY_DRAIN_TIMEOUT", "2s");
    assertThat(server(text, List.of(), Map.of()).drainTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(server(text, List.of(), environment).drainTimeout())
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(server(text, List.of("drain-timeout=3s"), environment).drainTimeout())
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aSetValueIsLiteralUnlessItBeginsWithABracket() throws Exception {
    ServerConfig config =
        server(
            GREETING + "}}",
            List.of(
                "listeners.greeting.settings.banner=a = \"b\" # ${c}",
                "listeners.greeting.settings.answer= {name}",
                "listeners.e={ endpoint = \"tcp://127.0.0.1:0\", protocol = echo }"),
            Map.of());
    assertThat(config.listeners().get(0).settings().get(GreetingProtocol.BANNER))
        .isEqualTo("a = \"b\" # ${c}");
    assertThat(config.listeners().get(0).settings().get(GreetingProtocol.ANSWER))
        .isEqualTo(" {name}");
    assertThat(config.listeners().get(1).protocol().name()).isEqualTo("echo");
    assertThat(problem(GREETING + "}}", "event-loops=0"))
        .isEqualTo("--set event-loops = \"0\" (expected: 1 to 1024, or auto)");
    assertThat(problem(GREETING + "}}", "watchdogs=1s"))
        .startsWith("--set watchdogs is not a key (nearest: watchdog; ");
    assertThat(problem(GREETING + "}}", "listeners.greeting.tls.key=key.pem"))
        .startsWith("--set listeners.greeting.tls.key is set (expected: an endpoint tls://");
    assertThat(
            problem(
                GREETING.replace("tcp:", "tls:") + "}}",
                "listeners.greeting.tls.certificate=none.pem"))
        .startsWith("--set listeners.greeting.tls.certificate: ")
        .endsWith("none.pem: stands alone (expected: tls.key with it)");
    assertThat(problem(GREETING + "}}", "event-loops.x=3"))
        .startsWith("--set event-loops.x: event-loops = {\"x\":\"3\"} (expected: a text)");
    assertThat(problem(GREETING + "}}", "listeners.neu.protocol=echo"))
        .startsWith("--set listeners.neu.protocol: listeners.neu.endpoint is missing");
    assertThat(problem(GREETING + "}}", "listeners.greeting.enabled=false"))
        .isEqualTo(
            "--set listeners.greeting.enabled:"
                + " listeners: no listener is enabled (expected: at least one)");
    assertThat(problem(GREETING + "}}", "nonsense"))
        .isEqualTo("--set nonsense: (expected: KEY=VALUE)");
    assertThat(problem(GREETING + "}}", "listeners.e={ endpoint"))
        .startsWith("--set listeners.e: ")
        .doesNotContain(": 1:");
    assertThat(problem(GREETING + "}}", "listeners.e={"))
        .isEqualTo("--set listeners.e: a closing brace } is missing");
  }

  @Test
  void theShortEndpointVariableNeedsASingleListener() throws Exception {
    Map<String, String> environment = Map.of("PARLEY_ENDPOINT", "tcp://127.0.0.1:1");
    assertThat(server(GREETING + "}}", List.of(), environment).listeners().get(0).endpoint())
        .hasToString("tcp://127.0.0.1:1");
    String two = GREETING + "}\n echo { protocol = echo, endpoint = \"tcp://127.0.0.1:2\" } }";
    assertThatThrownBy(() -> server(two, List.of(), environment))
        .hasMessageContaining(
            "several listeners are enabled (expected: a variable for one of them, such as PARLEY_LISTENERS_GREETING_ENDPOINT");
  }

  @Test
  void printsEachValueWithItsOrigin() throws Exception {
    Map<String, String> environment = Map.of("PARLEY_LISTENERS_GREETING_BACKLOG", "7");
    Conf conf = conf(GREETING + "}}", List.of("event-loops=2"), environment);
    ServerConf.read(conf, Protocols.load(SmallServices.all()), environment);
    assertThat(conf.entries())
        .contains(
            new Conf.Entry("event-loops", "\"2\"", "--set event-loops"),
            new Conf.Entry("drain-timeout", "\"10s\"", "default"),
            new Conf.Entry(
                "listeners.greeting.protocol", "\"greeting\"", temp.resolve("test.conf") + ":4"),
            new Conf.Entry(
                "listeners.greeting.backlog",
                "\"7\"",
                "environment variable PARLEY_LISTENERS_GREETING_BACKLOG"),
            new Conf.Entry("listeners.greeting.settings.banner", "\"Hello, World!\"", "default"));
  }

  /** A number is text where a text is expected: the effective value is the text as written. */
  @Test
  void printsNumbersAsTheyWereWritten() throws Exception {
    Conf conf =
        conf(
            GREETING + "backlog = 007, settings { banner = 1e0, answer = 10.0 } }}",
            List.of(),
            Map.of());
    ServerConfig config = ServerConf.read(conf, Protocols.load(SmallServices.all()), Map.of());
    assertThat(config.listeners().get(0).settings().get(GreetingProtocol.BANNER)).isEqualTo("1e0");
    assertThat(conf.entries().stream().map(each -> each.key() + " = " + each.value()))
        .contains(
            "listeners.greeting.backlog = 007",
            "listeners.greeting.settings.banner = 1e0",
            "listeners.greeting.settings.answer = 10.0");
  }

  /** If both were accepted, one would get the other's value, and could not be set separately. */
  @ParameterizedTest
  @CsvSource({"x-y, x_y", "x_y, x-y", "x, X", "a-b_c, A_B-C"})
  void listenersOfOneVariableAreRefused(String one, String other) {
    String listener = " { endpoint = \"tcp://127.0.0.1:0\", protocol = echo }\n";
    assertThat(problem("listeners {\n" + one + listener + other + listener + "}").lines())
        .singleElement()
        .asString()
        .matches(
            "test.conf:[23]: listeners\\.[^ ]+\\.backlog and listeners\\.[^ ]+\\.backlog share the"
                + " environment variable PARLEY_LISTENERS_[A-Z_]+_BACKLOG"
                + " \\(expected: names that differ in more than case, - and _\\)");
    assertThat(problem("listeners {\n x" + listener + " xy" + listener + "}")).isEmpty();
  }

  @Test
  void unknownVariablesCauseAWarning() throws Exception {
    Map<String, String> environment =
        Map.of("PARLEY_DRAIN_TIMOUT", "1s", "PARLEY_HOME", "x", "PARLEY_ANSWER_TIMEOUT", "1s");
    Conf conf = conf(GREETING + "}}", List.of(), environment);
    ServerConf.read(conf, Protocols.load(SmallServices.all()), environment);
    assertThat(conf.unknownVariables(Set.of("PARLEY_HOME")))
        .containsExactly(
            "environment variable PARLEY_DRAIN_TIMOUT: unknown key, ignored"
                + " (nearest: PARLEY_DRAIN_TIMEOUT)");
  }

  /** Server and client share an environment; only the server knows the listeners. */
  @Test
  void variablesOfListenersAndOfTheOtherCommandAreKnown() throws Exception {
    Map<String, String> variables = new HashMap<>();
    for (String name :
        List.of(
            "LISTENERS_GREETING_TLS_KEYPASSWORD",
            "LISTENERS_GREETNG_TLS_KEY",
            "SETTINGS_MAXLINE",
            "TLS_KEYPASSWORD")) {
      variables.put("PARLEY_" + name, "x");
    }
    variables.put("PARLEY_LISTENERS_GREETING_LIMITS_CONNECTIONS", "5");
    variables.put("PARLEY_SETTINGS_MAX_LINE", "5");
    variables.put("PARLEY_WATCHDOG", "1s");
    variables.put("PARLEY_TLS_KEY_PASSWORD", "x");
    Conf server = conf(GREETING + "}}", List.of(), variables);
    ServerConf.read(server, Protocols.load(SmallServices.all()), variables);
    String ofBoth =
        """
        environment variable PARLEY_SETTINGS_MAXLINE: unknown key, ignored (nearest: PARLEY_SETTINGS_MAX_LINE)
        environment variable PARLEY_TLS_KEYPASSWORD: unknown key, ignored (nearest: PARLEY_TLS_KEY_PASSWORD)""";
    assertThat(String.join("\n", server.unknownVariables(Set.of())))
        .isEqualTo(
            """
            environment variable PARLEY_LISTENERS_GREETING_TLS_KEYPASSWORD: unknown key, ignored (nearest: PARLEY_LISTENERS_GREETING_TLS_KEY_PASSWORD)
            environment variable PARLEY_LISTENERS_GREETNG_TLS_KEY: unknown key, ignored (nearest: PARLEY_LISTENERS_GREETING_TLS_KEY)
            """
                + ofBoth);
    variables.remove("PARLEY_TLS_KEY_PASSWORD");
    Conf client = conf("", List.of(), variables);
    readClient(client);
    assertThat(String.join("\n", client.unknownVariables(Set.of()))).isEqualTo(ofBoth);
  }

  @Test
  void anErrorInAnOptionNamesTheOption() throws Exception {
    Conf conf = conf("endpoint = \"tls://127.0.0.1:1\"", List.of(), Map.of());
    conf.text().option("tls.certificate", "/a.pem", "--cert");
    assertThatThrownBy(() -> readClient(conf))
        .hasMessage("--cert: tls.certificate: /a.pem: stands alone (expected: --key with it)");
  }

  @Test
  void aSecretIsNeverShown() throws Exception {
    Setting<String> password =
        Setting.text("password", "default")
            .check(value -> value.equals("wrong") ? "another one" : null)
            .secret();
    for (String value : List.of("hunter2", "wrong")) {
      Conf conf = conf("settings { password = " + value + " }", List.of(), Map.of());
      readSettings(conf, password);
      assertThat(conf.entries().toString()).contains("***").doesNotContain(value);
      if (value.equals("wrong")) {
        assertThatThrownBy(conf::finish)
            .hasMessageContaining("settings.password = *** (expected: another one)");
      }
    }
  }

  /** The effective value is shorter than it looks in the file, and it is never shown. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hunter#2 | yes",
        "hunter//2 | yes",
        "\"hunter\"#2 | yes",
        "12#34 | yes",
        "a b#c | yes",
        "\"hunter#2\" | no",
        "hunter2 # the password | no",
        "hunter2 | no",
        "${other} | no"
      })
  void aSecretCutByACommentGetsAHint(String value, String isHinted) throws Exception {
    Setting<String> password =
        Setting.text("password", "")
            .check(text -> text.startsWith("1") ? "another one" : null)
            .secret();
    Conf conf = conf("\nsettings { password = " + value + "\n}\nother = x#y", List.of(), Map.of());
    readSettings(conf, password);
    String hint =
        temp
            + "/test.conf:2: settings.password ends where an unquoted # or // starts a comment"
            + " (expected: \"...\" around a text that contains one)";
    assertThat(conf.hints()).isEqualTo(isHinted.equals("yes") ? List.of(hint) : List.of());
    if (value.startsWith("1")) {
      assertThatThrownBy(conf::finish).hasMessageContaining(hint);
    }
  }

  @Test
  void aSecretFromElsewhereGetsNoHint() throws Exception {
    Setting<String> password = Setting.text("password", "").secret();
    Map<String, String> environment = Map.of("PARLEY_SETTINGS_PASSWORD", "a");
    Conf conf = conf("settings.password = a#b", List.of(), environment);
    readSettings(conf, password);
    assertThat(conf.hints()).isEmpty();
  }

  /** A value that begins with a comment sign is missing. */
  @ParameterizedTest
  @ValueSource(strings = {"#secret\n}", "#secret\n key = x.pem }", "//secret\n}", "#secret"})
  void aValueThatIsACommentGetsAHint(String rest) {
    assertThat(problem("tls {\n key-password = " + rest))
        .startsWith("test.conf:")
        .endsWith(" (in line 2 an unquoted # or // starts a comment)");
    assertThat(problem("tls { # a comment\n key = ] }")).doesNotContain("comment");
  }

  /** Its files need not exist; all other mistakes are reported. */
  @Test
  void aListenerThatIsNotEnabledNeedsNoFiles() throws Exception {
    String other =
        GREETING + "}\n tls { protocol = echo, enabled = false, endpoint = \"tls://h:1\"\n";
    String files =
        "tls { certificate = no.pem, key = no.key, key-password-file = no, client-ca = no.ca,"
            + " client-auth = need }";
    assertThat(problem(other + files + "}}")).isEmpty();
    assertThat(problem(other.replace("false", "true") + files + "}}"))
        .contains("listeners.tls.tls.certificate: no.pem: cannot be read: no such file");
    for (String[] wrong :
        new String[][] {
          {"tls { certificate = no.pem }", "no.pem: stands alone (expected: tls.key with it)"},
          {"tls { certificate = a, key = b, client-ca = c }", "tls.client-ca is set"},
          {"", "tls.certificate is missing"},
          {"tls { certificate = a, key = b, protocols = [TLSv9] }", "tls.protocols: TLSv9 (expec"},
          {"tls { certificate = a, key = b, ciphers = [] }", "tls.ciphers: none (expected"},
          {files + "\nlimits { outbound-high = 1 }", "limits: outbound-high: 1 (expected"},
          {files + "\nendpoint = \"tcp://h:1\"", "is set (expected: an endpoint tls://"}
        }) {
      assertThat(problem(other + wrong[0] + "}}")).startsWith("test.conf:").contains(wrong[1]);
    }
  }

  @Test
  void aLongListIsCutWhereItIsRefused() throws Exception {
    Setting<List<String>> lines =
        Setting.texts("lines", List.of())
            .check(value -> value.contains("(") ? "no bracket, unlike (" : null);
    String many = "\"ab\", ".repeat(100) + "\"(\"";
    Conf conf = conf("settings { lines = [" + many + "] }", List.of(), Map.of());
    readSettings(conf, lines);
    assertThatThrownBy(conf::finish)
        .hasMessageEndingWith(",\"ab\"... (expected: no bracket, unlike ()")
        .hasMessageStartingWith(temp + "/test.conf:1: settings.lines = [\"ab\",\"ab\"");
    assertThat(conf.entries().get(0).value()).hasSize(2 + 5 * 100 + 3);
  }

  /** Reads a protocol's block with one setting. */
  private static void readSettings(Conf conf, Setting<?> setting) {
    Protocol<String, String> protocol =
        new Protocol<String, String>() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public List<Setting<?>> settings() {
            return List.of(setting);
          }

          @Override
          public Codec<String, String> codec(Settings settings) {
            return new LineCodecFactory();
          }

          @Override
          public Codec<String, String> clientCodec(Settings settings) {
            return codec(settings);
          }

          @Override
          public IoHandler handler(Settings settings) {
            return new IoHandlerAdapter();
          }
        };
    SettingsConf.read(
        conf,
        "settings",
        protocol,
        new SettingsConf.Setter() {
          @Override
          public <T> Object set(Setting<T> each, T value) {
            return value;
          }
        });
  }

  private static ClientConfig<String, String> readClient(Conf conf) throws ConfException {
    return ClientConf.read(conf, new GreetingProtocol(), frame -> {});
  }
}
