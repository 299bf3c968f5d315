package parley.it.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Distribution;
import parley.testing.Markdown;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The README and the distribution, used as by a new user. */
@Tag("smoke")
class ReadmeIT {

  private static String listing(String kind, String word) throws IOException {
    return Markdown.listing(Programs.HOME.resolve("README.md"), kind, word);
  }

  private static List<String> onPath(String... command) {
    return List.of(command);
  }

  @Test
  void theDistributionRunsWithoutMaven(@TempDir Path temp) throws Exception {
    Path home = Distribution.unpack(temp);
    assertThat(Stream.of("bin", "conf", "lib", "docs", "README.md", "LICENSE").map(home::resolve))
        .allMatch(Files::exists);
    Path noMaven = Files.createDirectory(temp.resolve("path"));
    for (String tool :
        List.of(
            "sh",
            "readlink",
            "mkdir",
            "mv",
            "rm",
            "cat",
            "tr",
            "grep",
            "ps",
            "sleep",
            "touch",
            "wc",
            "tail",
            "ln")) {
      Path found = Path.of("/usr/bin", tool);
      Path program = Files.exists(found) ? found : Path.of("/bin", tool);
      Path wrapper =
          Files.writeString(noMaven.resolve(tool), "#!/bin/sh\nexec " + program + " \"$@\"\n");
      assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }
    Map<String, String> environment =
        Map.of("PATH", noMaven.toString(), "JAVA_HOME", System.getProperty("java.home"));
    String endpoint = "";
    try {
      Result started =
          Programs.run(
              environment,
              "",
              temp,
              onPath(
                  home.resolve("bin/start-server.sh").toString(),
                  "--daemon",
                  "--set",
                  "listeners.greeting.endpoint=tcp://127.0.0.1:0"));
      assertThat(started.code()).as("%s", started).isZero();
      endpoint = started.out().split("[ \n]")[1];
      Result answered =
          Programs.run(
              environment,
              "",
              temp,
              onPath(
                  home.resolve("bin/hello-client.sh").toString(), "--endpoint", endpoint, "Ada"));
      assertThat(answered).isEqualTo(new Result(0, "Hello, Ada!\n", ""));
      assertThat(home.resolve("cds")).isNotEmptyDirectory();
    } finally {
      Programs.run(environment, "", temp, onPath(home.resolve("bin/stop-server.sh").toString()));
    }
    assertThat(home.resolve("run/server.log")).content().contains("drained: sessions_cut=0");
  }

  @Test
  void aProtocolOfYourOwn(@TempDir Path temp) throws Exception {
    Path home = Distribution.unpack(temp);
    Files.writeString(temp.resolve("ShoutProtocol.java"), listing("java", "class ShoutProtocol"));
    Files.createSymbolicLink(
        Files.createDirectory(temp.resolve("target")).resolve("lib"), home.resolve("lib"));
    Files.createSymbolicLink(temp.resolve("plugins"), home.resolve("plugins"));
    Result made = Programs.run(Map.of(), "", temp, List.of("sh", "-euc", listing("sh", "javac")));
    assertThat(made).isEqualTo(new Result(0, "", ""));
    String text = listing("hocon", "shout {").replace(":9124", ":0");
    Path conf = Files.writeString(temp.resolve("shout.conf"), text);
    Path err = temp.resolve("err");
    Process server =
        Programs.builder(
                Map.of(),
                temp,
                List.of(
                    home.resolve("bin/start-server.sh").toString(), "--config", conf.toString()))
            .redirectError(err.toFile())
            .start();
    try {
      String ready = server.inputReader().readLine();
      assertThat(ready).as(Files.readString(err)).matches("listening tcp://127.0.0.1:\\d+ shout");
      try (Peer peer = Peer.connect(parley.endpoint.Endpoint.parse(ready.split(" ")[1]))) {
        assertThat(peer.send("Ada\n").line()).isEqualTo("ADA!!");
      }
    } finally {
      server.destroy();
      server.waitFor();
    }
    Path garbage = Files.writeString(home.resolve("plugins/garbage.jar"), "no jar");
    Result refused =
        Programs.run(Map.of(), "", temp, onPath(home.resolve("bin/start-server.sh").toString()));
    assertThat(refused.code()).isEqualTo(78);
    assertThat(refused.err()).startsWith(garbage + ": is not a readable jar");
  }

  @Test
  void embedded(@TempDir Path temp) throws Exception {
    assertThat(run(temp, listing("java", "Server.serve(")))
        .isEqualTo(new Result(0, "Hello, Ada!\nHello, Lin!\n", ""));
    Path shout =
        PluginJar.of(
            Files.createDirectory(temp.resolve("plugins")).resolve("shout.jar"),
            "example.ShoutProtocol",
            listing("java", "class ShoutProtocol"),
            List.of("example.ShoutProtocol"));
    assertThat(shout).isRegularFile();
    String plugIns =
        Markdown.listing(Programs.HOME.resolve("docs/embed.md"), "java", "Protocols.load(");
    assertThat(run(temp, plugIns)).isEqualTo(new Result(0, "", ""));
  }

  /** Runs the lines of a listing. */
  private static Result run(Path folder, String lines) throws Exception {
    String source =
        """
        import java.nio.file.Path;
        import java.util.List;
        import java.util.concurrent.CompletableFuture;
        import java.util.stream.Stream;
        import parley.client.*;
        import parley.codec.*;
        import parley.endpoint.*;
        import parley.protocol.*;
        import parley.protocol.greeting.*;
        import parley.server.*;
        public class Embedded {
          public static void main(String[] args) throws Exception {
        """
            + lines
            + "} }";
    Path file = Files.writeString(folder.resolve("Embedded.java"), source);
    return Programs.run(
        Map.of(),
        "",
        folder,
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-Dslf4j.internal.verbosity=WARN",
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
            "-cp",
            Programs.HOME.resolve("target/lib/*").toString(),
            file.toString()));
  }
}
