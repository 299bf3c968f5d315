package parley.mina;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.testing.Markdown;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Programs;

/** docs/migrate.md: each step is compiled and run. */
class MigratePageTest {

  private static final Path PAGE = Programs.HOME.resolve("docs/migrate.md");
  private static final String IMPORTS =
      """
      package example.upper;

      import static java.nio.charset.StandardCharsets.UTF_8;

      import java.net.InetSocketAddress;
      import org.apache.mina.filter.codec.ProtocolCodecFilter;
      import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
      import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
      import parley.codec.Codec;
      import parley.mina.CodecFilter;
      import parley.mina.EventLoops;
      import parley.protocol.Protocol;
      import parley.server.Server;

      public class Step {
        public static int port;

        public static AutoCloseable start() throws Exception {
      """;

  @TempDir private Path temp;

  private static String listing(String word) throws IOException {
    return Markdown.listing(PAGE, "java", word);
  }

  /** Runs a step, which declares the given variable, and asks the server that it starts. */
  private void answers(String word, String port, String close) throws Exception {
    String step = listing(word);
    assertThat(step).contains("9124");
    String source =
        IMPORTS
            + step.replace("9124", "0")
            + "port = "
            + port
            + "; return () -> { "
            + close
            + " }; } }";
    Path jar = temp.resolve("upper.jar");
    PluginJar.of(
        jar,
        Map.of("example.upper.Step", source, "example.upper.UpperHandler", listing("class Upper")),
        List.of());
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      Class<?> made = loader.loadClass("example.upper.Step");
      try (AutoCloseable started = (AutoCloseable) made.getMethod("start").invoke(null);
          Peer peer =
              Peer.connect(new Endpoint("tcp", "127.0.0.1", made.getField("port").getInt(null)))) {
        assertThat(started).isNotNull();
        assertThat(peer.send("Ada\n").line()).isEqualTo("ADA");
      }
    }
  }

  @Test
  void stockMina() throws Exception {
    answers(
        "new ProtocolCodecFilter", "acceptor.getLocalAddress().getPort()", "acceptor.dispose();");
  }

  @Test
  void parleysEventLoops() throws Exception {
    answers(
        "new EventLoops",
        "acceptor.getLocalAddress().getPort()",
        "acceptor.dispose(); loops.close();");
  }

  @Test
  void parleysServer() throws Exception {
    answers("Server.serve", "server.endpoint().port()", "server.close();");
  }

  /** Stock MINA, the handler, the loops and the server. */
  @Test
  void eachListingIsTested() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(Pattern.compile("(?m)^```java\n").matcher(page).results().count()).isEqualTo(4);
  }
}
