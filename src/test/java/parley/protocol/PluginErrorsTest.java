package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.testing.PluginJar.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.protocol.echo.EchoProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Servers;

/** Errors that the author of a plug-in meets: each is a line with the jar's name. */
class PluginErrorsTest {

  private static final String FITS =
      " (expected: built against mina-core-2.2.10.jar and this Parley, with its other"
          + " dependencies in plugins/)";

  @TempDir private Path folder;
  @TempDir private Path temp;

  private Path jar(String file, String className, String source, Path... before)
      throws IOException {
    return PluginJar.of(folder.resolve(file), className, source, List.of(className), before);
  }

  private void refuses(String... lines) {
    assertThatThrownBy(() -> Protocols.load(folder))
        .isInstanceOf(ProtocolException.class)
        .hasMessageMatching(
            String.join("\n", List.of(lines).stream().map(PluginErrorsTest::matching).toList()));
  }

  private static String matching(String line) {
    return Pattern.quote(line).replace("...", "\\E[^\n]*\\Q");
  }

  @Test
  void aGoodPluginIsFound() throws IOException {
    jar("good.jar", "Good", source("Good", "good", ""));
    Protocols found = Protocols.load(folder);
    assertThat(found.names()).contains("good", "greeting");
    assertThat(Protocols.describe(found.find("good")))
        .isEqualTo("protocol good of " + folder.resolve("good.jar"));
    assertThat(Protocols.describe(found.find("greeting"))).isEqualTo("protocol greeting");
    assertThat(Protocols.load(folder.resolve("missing")).names()).contains("greeting");
  }

  /** Protocols that are passed in take precedence. */
  @Test
  void aPluginWithTheNameOfAProtocolThatIsPassedIn() throws IOException {
    Path jar = jar("echo.jar", "Mine", source("Mine", "echo", ""));
    assertThat(Protocols.load(folder).find("echo")).isNotNull();
    assertThatThrownBy(() -> Protocols.load(folder, new EchoProtocol()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith(
            jar + ": Mine: protocol echo already exists: " + EchoProtocol.class.getName());
  }

  @Test
  void twoProtocolsWithOneName() throws IOException {
    Path first = jar("a.jar", "First", source("First", "same", ""));
    Path second = jar("b.jar", "Second", source("Second", "same", ""));
    Path third = jar("c.jar", "Third", source("Third", "greeting", ""));
    refuses(
        second + ": Second: protocol same already exists: First of " + first,
        third
            + ": Third: protocol greeting already exists:"
            + " parley.protocol.greeting.GreetingProtocol of ...");
  }

  @Test
  void aClassThatIsNotAProtocol() throws IOException {
    Path jar = jar("none.jar", "NoProtocol", "public class NoProtocol {}");
    refuses(jar + ": NoProtocol is not a parley.protocol.Protocol");
  }

  @Test
  void aMissingClass() throws IOException {
    Path jar =
        PluginJar.of(
            folder.resolve("gone.jar"),
            "Here",
            source("Here", "here", ""),
            List.of("# the first is not there", "example.Gone", "", "Here # it is"));
    refuses(jar + ": example.Gone is listed but was not found");
  }

  @Test
  void aClassThatCannotBeMade() throws IOException {
    Path a = jar("a.jar", "Args", source("Args", "args", "public Args(int port) {}"));
    Path b = jar("b.jar", "Base", source("Base", "base", "").replace("class", "abstract class"));
    String notMade = " (expected: a public class with a public constructor without arguments)";
    refuses(a + ": Args" + notMade, b + ": Base" + notMade);
  }

  @Test
  void aConstructorThatThrows() throws IOException {
    Path jar =
        jar(
            "bad.jar",
            "Bad",
            source("Bad", "bad", "public Bad() { throw new IllegalStateException(\"a\\nb\"); }"));
    refuses(jar + ": Bad: its constructor failed: java.lang.IllegalStateException: a b");
  }

  @Test
  void aStaticInitializerThatThrows() throws IOException {
    String setting = "static final Setting<Integer> PORT = Setting.integer(\"port\", 0, 1, 9);";
    Path jar = jar("bad.jar", "Bad", source("Bad", "bad", setting));
    refuses(
        jar
            + ": Bad: static initializer failed: java.lang.IllegalArgumentException:"
            + " port: 0 (expected: 1 to 9)");
  }

  @Test
  void theSameClassOfAnOlderJar() throws IOException {
    Path older = jar("good-1.0.jar", "Good", source("Good", "good", ""));
    Path newer = jar("good-1.1.jar", "Good", source("Good", "good", ""));
    refuses(newer + ": Good: protocol good already exists: Good of " + older);
  }

  /** The jar's table of contents is intact, but one of its entries is damaged. */
  @Test
  void aJarWithADamagedEntry() throws IOException {
    Path jar = jar("torn.jar", "Torn", source("Torn", "torn", ""));
    byte[] bytes = Files.readAllBytes(jar);
    byte[] name = "META-INF/services/parley.protocol.Protocol".getBytes();
    int data = indexOf(bytes, name) + name.length;
    Arrays.fill(bytes, data, data + 6, (byte) 0xFF);
    Files.write(jar, bytes);
    jar("good.jar", "Good", source("Good", "good", ""));
    refuses("..." + jar + "!/META-INF/services/parley.protocol.Protocol: cannot be read: ...");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    int at = 0;
    while (!Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  @Test
  void aJarThatWasBuiltAgainstAnotherMina() throws IOException {
    String own =
        """
        static class Old extends org.apache.mina.filter.util.WriteRequestFilter {
          protected Object doFilterWrite(NextFilter n, IoSession s,
              org.apache.mina.core.write.WriteRequest r) { return null; }
        }
        private final Old old = new Old();
        """;
    Path jar = jar("old.jar", "Older", source("Older", "older", own), PluginJar.otherMina());
    refuses(
        jar
            + ": Older: its constructor failed: java.lang.NoClassDefFoundError:"
            + " org/apache/mina/filter/util/WriteRequestFilter"
            + FITS);
  }

  @Test
  void namesAndSettingsThatConfCannotExpress() throws IOException {
    Path a = jar("a.jar", "Upper", source("Upper", "Upper", ""));
    String twice =
        "public java.util.List<Setting<?>> settings() {"
            + " return java.util.List.of(Setting.flag(\"a\", true), Setting.text(\"a\", \"\")); }";
    Path b = jar("b.jar", "Twice", source("Twice", "twice", twice));
    Path c = jar("c.jar", "Odd", source("Odd", "odd", twice.replace("\"a\"", "\"a.b\"")));
    String form = " (expected: lower-case letters, digits and -)";
    refuses(
        a + ": Upper: protocol name: \"Upper\"" + form,
        b + ": Twice: setting a is declared twice (expected: different keys)",
        c + ": Odd: setting: \"a.b\"" + form);
  }

  @Test
  void aJarThatCannotBeRead() throws IOException {
    Path jar = Files.writeString(folder.resolve("text.jar"), "no jar");
    refuses(jar + ": is not a readable jar: ...");
  }

  @Test
  void aPartThatCannotBeMadeForAListenerOrAClient() throws Exception {
    Path nothing =
        jar(
            "null.jar",
            "Nothing",
            source("Nothing", "nothing", "")
                .replace(
                    "return AnswerHandler.<String, String>of((session, line) -> line);",
                    "return null;"));
    Path failing =
        jar(
            "codec.jar",
            "NoCodec",
            source("NoCodec", "no-codec", "")
                .replace(
                    "return new LineCodecFactory();", "throw new IllegalStateException(\"why\");"));
    String removes =
        "public void extend(org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder chain,"
            + " Settings settings, Side side) { chain.remove(\"codec\"); }";
    Path removing = jar("chain.jar", "Chain", source("Chain", "chain", removes));
    Protocols found = Protocols.load(folder);
    for (List<String> each :
        List.of(
            List.of("nothing", nothing + ": no handler: null"),
            List.of("no-codec", failing + ": no codec: java.lang.IllegalStateException: why"),
            List.of(
                "chain",
                removing
                    + ": no filters: java.lang.IllegalStateException: filters: [connection,"
                    + " drain] (expected: [connection, codec, drain] in this order, the first one first, no fault)"))) {
      ListenerConfig listener =
          ListenerConfig.builder("x", Servers.FREE, found.find(each.get(0))).build();
      assertThatThrownBy(() -> new Server(ServerConfig.builder().listener(listener).build()))
          .isInstanceOf(ProtocolException.class)
          .hasMessage("protocol " + each.get(0) + " of " + each.get(1));
    }
    try (Server server = Servers.greeting()) {
      assertThatThrownBy(
              () ->
                  Client.connect(
                      ClientConfig.builder(Servers.endpoint(server), found.find("no-codec"))
                          .build()))
          .hasMessageContaining("protocol no-codec of " + failing + ": no client codec: ");
    }
  }

  /** An error in a session causes one line and the end of that session; other sessions continue. */
  @Test
  void aClassThatDoesNotFitOnlyInASession() throws Exception {
    String answer =
        "return AnswerHandler.<String, String>of((session, line) -> line.equals(\"old\") ?"
            + " \"\" + new org.apache.mina.core.write.WriteRequestWrapper(null) : line);";
    Path jar =
        jar(
            "late.jar",
            "Late",
            source("Late", "late", "")
                .replace(
                    "return AnswerHandler.<String, String>of((session, line) -> line);", answer),
            PluginJar.otherMina());
    try (Server server = Servers.of(Protocols.load(folder).find("late"));
        Logs logs = Logs.capture();
        Peer neighbour = Servers.peer(server);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nold\nb\n").rest()).isEqualTo("a\n");
      assertThat(neighbour.send("c\n").line()).isEqualTo("c");
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .contains(
              "session closed: reason=fault detail=\"protocol late of "
                  + jar
                  + " does not fit this Parley or MINA: java.lang.NoClassDefFoundError:"
                  + " org/apache/mina/core/write/WriteRequestWrapper");
    }
  }

  /**
   * The jar is overwritten in place, as by {@code cp}; the JVM has the file open and continues to
   * read it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"empty", "zeros", "another", "gone"})
  void aJarThatIsChangedWhileInUse(String how) throws Exception {
    String helper = "class Helper { static String help(String line) { return line; } }";
    Path jar =
        PluginJar.of(
            folder.resolve("used.jar"),
            Map.of(
                "Used",
                source("Used", "used", "")
                    .replace(
                        "line) -> line)",
                        "line) -> line.equals(\"a\") ? line : Helper.help(line))"),
                "Helper",
                helper),
            List.of("Used"));
    Path unchanged = jar("unchanged.jar", "Other", source("Other", "other", ""));
    Path another = PluginJar.of(temp.resolve("b.jar"), "B", source("B", "b", ""), List.of("B"));
    byte[] bytes =
        switch (how) {
          case "zeros" -> new byte[(int) Files.size(jar)];
          case "another" -> Files.readAllBytes(another);
          default -> new byte[0];
        };
    try (Server server = Servers.of(Protocols.load(folder).find("used"));
        Logs logs = Logs.capture();
        Peer neighbour = Servers.peer(server);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      Files.write(jar, bytes);
      if (how.equals("gone")) {
        Files.delete(jar);
      }
      assertThat(peer.send("b\n").rest()).isEmpty();
      assertThat(neighbour.send("a\n").line()).isEqualTo("a");
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .contains(
              "session closed: reason=fault detail=\"protocol used of "
                  + jar
                  + ": "
                  + jar
                  + " changed while in use: ")
          .contains("Helper")
          .contains(" (expected: restart the server, and replace a plug-in's jar only while it is")
          .doesNotContain(unchanged.toString());
    }
  }

  /**
   * The change comes before there is a session, such as when a listener is made, and in data that a
   * library reads.
   */
  @Test
  void aJarThatIsChangedBeforeAPartIsMade() throws Exception {
    String helper =
        "class OldCodec extends org.apache.mina.filter.codec.textline.TextLineCodecFactory"
            + " implements parley.codec.Codec<String, String> {}";
    Path jar =
        PluginJar.of(
            folder.resolve("used.jar"),
            Map.of(
                "Used",
                source("Used", "used", "").replace("new LineCodecFactory()", "new OldCodec()"),
                "OldCodec",
                helper),
            List.of("Used"));
    Protocol<?, ?> used = Protocols.load(folder).find("used");
    Files.write(jar, new byte[0]);
    assertThatThrownBy(() -> Servers.of(used))
        .isInstanceOf(ProtocolException.class)
        .message()
        .startsWith("protocol used of " + jar + ": no codec: " + jar + " changed while in use: ")
        .hasLineCount(1);
    assertThat(Protocols.misfit(used, new IllegalStateException("a bug"))).isNull();
    for (Throwable each :
        List.of(
            new ServiceConfigurationError("a provider"),
            new IllegalStateException(new ZipException("invalid LOC header")),
            new ExceptionInInitializerError(new ClassNotFoundException("Codec")))) {
      assertThat(Protocols.misfit(used, each)).contains(jar + " changed while in use: " + each);
    }
  }
}
