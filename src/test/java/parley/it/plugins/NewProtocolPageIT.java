package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.codec.FrameDecoder;
import parley.testing.Distribution;
import parley.testing.Markdown;
import parley.testing.Maven;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/**
 * The tutorial docs/new-protocol.md, step by step, and docs/protocol-howto.md: each listing is
 * compiled and run, each output compared.
 */
class NewProtocolPageIT {

  private static final Path TUTORIAL = Programs.HOME.resolve("docs/new-protocol.md");
  private static final Path HOW_TO = Programs.HOME.resolve("docs/protocol-howto.md");
  private static final String START = "bin/start-server.sh";

  @TempDir private Path temp;
  private Path home;

  @BeforeEach
  void unpack() throws Exception {
    home = Distribution.unpack(temp);
  }

  private static String tutorial(String kind, String word) throws IOException {
    return Markdown.listing(TUTORIAL, kind, word);
  }

  private static String listing(String kind, String word) throws IOException {
    return Markdown.listing(HOW_TO, kind, word);
  }

  private Result sh(Map<String, String> environment, String script) throws Exception {
    return Programs.run(environment, "", home, List.of("sh", "-euc", script));
  }

  /**
   * Runs a command of the page and compares its output, on the test's port instead of the page's.
   */
  private void asPrinted(String listing, String port, int actual) throws Exception {
    String[] printed = listing.split("\n", 2);
    assertThat(printed[0]).startsWith("$ ").contains(port);
    Result ran = sh(Map.of(), printed[0].substring(2).replace(port, Integer.toString(actual)));
    assertThat(ran).isEqualTo(new Result(0, printed[1], ""));
  }

  @Test
  void aLineProtocol() throws Exception {
    Programs.need("nc");
    Path project = home.resolve("thermometer");
    try (Maven maven = Maven.withoutParley()) {
      Files.writeString( // offline, without an option
          Files.createDirectory(home.resolve(".mvn")).resolve("maven.config"), "-o");
      Result made = sh(maven.environment(), tutorial("sh", "bin/new-protocol.sh"));
      assertThat(made.code()).as("%s", made).isZero();
      assertThat(
              made.out()
                  .replace(home.toRealPath().toString(), "/home/ada/parley")
                  .replace("'", "")) // the test's folder needs quotes
          .isEqualTo(tutorial("", "created /home/ada/parley/thermometer"));
      String source = "java/example/thermometer/ThermometerProtocol";
      for (String each :
          List.of("src/main/" + source + ".java", "src/test/" + source + "Test.java")) {
        assertThat(project.resolve(each)).isRegularFile();
      }
      Files.writeString(
          project.resolve("src/main/" + source + ".java"),
          tutorial("java", "class ThermometerProtocol "));
      Files.writeString(
          project.resolve("src/test/" + source + "Test.java"),
          tutorial("java", "class ThermometerProtocolTest"));
      Path conf =
          Files.writeString(
              project.resolve("thermometer.conf"),
              tutorial("hocon", "thermometer").replace(":9124", ":0"));
      String[] steps = tutorial("sh", START + " --config").split("(?=" + START + ")");
      Result built = sh(maven.environment(), tutorial("sh", "mvn -q verify") + steps[0]);
      assertThat(built.code()).as("%s", built).isZero();
      try (ServerProcess server =
          ServerProcess.start(1, Map.of(), home, List.of("sh", "-euc", "exec " + steps[1]))) {
        asPrinted(tutorial("", "nc -N"), "9124", server.endpoint().port());
      }
      Files.writeString(conf, Files.readString(conf).replace("max-rooms", "max-room"));
      Result refused = sh(Map.of(), steps[1].strip() + " --check-config");
      assertThat(refused.code()).isEqualTo(78);
      assertThat(refused.err().replace(home.toRealPath() + "/", ""))
          .isEqualTo(tutorial("", "max-room is not a key"));
    }
  }

  /** Compiles listings into a jar with the page's name, which names a protocol. */
  private Path jar(String name, String protocol, Map<String, String> sources) throws Exception {
    Path jar = home.resolve(name + ".jar");
    PluginJar.of(jar, sources, List.of(protocol));
    Files.copy(jar, home.resolve("plugins").resolve(name + ".jar"));
    return jar;
  }

  private static Map<String, String> sources(String... classes) throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String each : classes) {
      String simple = each.substring(each.lastIndexOf('.') + 1);
      sources.put(each, listing("java", "class " + simple + " "));
    }
    return sources;
  }

  private ServerProcess serve(String protocol) throws Exception {
    String conf =
        "listeners { x { endpoint = \"tcp://127.0.0.1:0\", protocol = " + protocol + " } }";
    Files.writeString(home.resolve("x.conf"), conf);
    return ServerProcess.start(
        1, Map.of(), home, List.of(home.resolve(START).toString(), "--config", "x.conf"));
  }

  @Test
  void aBinaryProtocolAndItsClient() throws Exception {
    jar(
        "checksum",
        "example.checksum.ChecksumProtocol",
        sources("example.checksum.ChecksumProtocol", "example.checksum.ChecksumClient"));
    try (ServerProcess server = serve("checksum")) {
      asPrinted(listing("", "java -cp"), "9125", server.endpoint().port());
    }
  }

  @Test
  void requestsAndAnswersAsObjects() throws Exception {
    Path jar =
        jar(
            "quotes",
            "example.quotes.QuotesProtocol",
            sources("example.quotes.QuotesProtocol", "example.quotes.QuotesProtocolTest"));
    prove(jar, "example.quotes.QuotesProtocolTest");
    call(jar, "example.quotes.QuotesProtocolTest", "answersAClient");
  }

  @Test
  void aDecoderOfYourOwnProved() throws Exception {
    Path jar =
        jar(
            "peak",
            "example.peak.PeakProtocol",
            sources("example.peak.PeakProtocol", "example.peak.PeakProtocolTest"));
    prove(jar, "example.peak.PeakProtocolTest");
    try (ServerProcess server = serve("peak");
        Peer peer = Peer.connect(server.endpoint())) {
      byte[] reading = {'R', 0, 1, 0, 0, 0, 5};
      assertThat(peer.send(reading).bytes(reading.length)).isEqualTo(reading);
    }
  }

  private static void prove(Path jar, String className) throws Exception {
    call(jar, className, "proved");
  }

  private static void call(Path jar, String className, String method) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      Class<?> test = loader.loadClass(className);
      var made = test.getDeclaredConstructor();
      made.setAccessible(true);
      var called = test.getDeclaredMethod(method);
      called.setAccessible(true);
      called.invoke(made.newInstance());
    }
  }

  @Test
  void aPush() throws Exception {
    jar("news", "example.news.NewsProtocol", sources("example.news.NewsProtocol"));
    try (ServerProcess server = serve("news");
        Peer one = Peer.connect(server.endpoint());
        Peer other = Peer.connect(server.endpoint())) {
      assertThat(one.send("a\n").line()).isEqualTo("a"); // now it is a reader
      assertThat(other.send("b\n").line()).isIn("a", "b"); // the push may have come first
      assertThat(one.line()).isEqualTo("b");
    }
  }

  @Test
  void aResourceSharedByTwoListeners() throws Exception {
    prove(
        jar(
            "chat",
            "example.chat.ChatProtocol",
            sources("example.chat.ChatProtocol", "example.chat.ChatProtocolTest")),
        "example.chat.ChatProtocolTest");
    Files.writeString(
        home.resolve("chat.conf"),
        "listeners { a { endpoint = \"tcp://127.0.0.1:0\", protocol = chat }\n"
            + "b { endpoint = \"tcp://127.0.0.1:0\", protocol = chat } }");
    String start = home.resolve(START).toString();
    try (ServerProcess server =
            ServerProcess.start(2, Map.of(), home, List.of(start, "--config", "chat.conf"));
        Peer one = Peer.connect(server.endpoints().get(0));
        Peer two = Peer.connect(server.endpoints().get(1))) {
      assertThat(one.line()).isEqualTo("welcome");
      assertThat(two.line()).isEqualTo("welcome");
      one.send("hello\n");
      assertThat(two.line()).isEqualTo("hello");
      two.send("hi\n");
      assertThat(one.line()).isEqualTo("hi");
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void aCorrelationByKey() throws Exception {
    String checksum = listing("java", "class ChecksumProtocol ");
    int end = checksum.lastIndexOf('}');
    String keyed =
        checksum
                .substring(0, end)
                .replace(
                    "import parley.protocol.P",
                    "import parley.protocol.Correlation;\nimport parley.protocol.P")
            + listing("java", "Correlation.byKey")
            + "}";
    PluginJar.of(
        temp.resolve("keyed.jar"), Map.of("example.checksum.ChecksumProtocol", keyed), List.of());
  }

  @Test
  void aFrameInsideAFrame() throws Exception {
    String imports =
        "import static java.nio.charset.StandardCharsets.US_ASCII; import parley.codec.*;"
            + " import org.apache.mina.core.buffer.IoBuffer;";
    String source =
        "package example.parts; "
            + imports
            + " public class Parts extends FrameDecoder<String> { public Parts() { super(100); } "
            + listing("java", "require(part, name)")
            + "}";
    Path jar = temp.resolve("parts.jar");
    PluginJar.of(jar, Map.of("example.parts.Parts", source), List.of());
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      Class<?> parts = loader.loadClass("example.parts.Parts");
      FrameDecoder<?> decoder = (FrameDecoder<?>) parts.getDeclaredConstructor().newInstance();
      List<Object> frames = new ArrayList<>();
      ProtocolDecoderOutput out =
          new ProtocolDecoderOutput() {
            @Override
            public void write(Object frame) {
              frames.add(frame);
            }

            @Override
            public void flush(NextFilter next, IoSession session) {}
          };
      decoder.decode(
          new DummySession(), IoBuffer.wrap(new byte[] {0, 4, 2, 'o', 'k', '!', 0}), out);
      decoder.decode(new DummySession(), IoBuffer.wrap(new byte[] {1, 0}), out);
      assertThat(frames).containsExactly("ok", "");
      assertThatThrownBy(
              () ->
                  decoder.decode(
                      new DummySession(), IoBuffer.wrap(new byte[] {0, 2, 2, 'o', 'k'}), out))
          .hasMessage("length: 2 (expected: <= 1, the rest of its part)");
    }
  }

  /** With one bad jar no listener starts, not even one that does not use it. */
  @Test
  void noListenerStarts() throws Exception {
    Path jar = home.resolve("plugins/bad.jar");
    String throwing = "public Bad() { throw new IllegalStateException(\"no licence\"); }";
    PluginJar.of(jar, "Bad", PluginJar.source("Bad", "bad", throwing), List.of("Bad"));
    Result refused = sh(Map.of(), START + " --set listeners.greeting.endpoint=tcp://127.0.0.1:0");
    assertThat(refused)
        .isEqualTo(
            new Result(
                78,
                "",
                jar.toRealPath()
                    + ": Bad: its constructor failed: java.lang.IllegalStateException: no licence\n"));
  }

  private static long fences(Path page) throws IOException {
    return Pattern.compile("(?m)^```\\w*\n").matcher(Files.readString(page)).results().count();
  }

  /** Each listing is in a test above; a listing has two fences. */
  @Test
  void allListingsOfThePagesAreTested() throws IOException {
    assertThat(fences(TUTORIAL)).isEqualTo(2 * 9);
    assertThat(fences(HOW_TO)).isEqualTo(2 * 12);
  }
}
