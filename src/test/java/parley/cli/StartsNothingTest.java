package parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.testing.PluginJar;

/** The resource that a plug-in's listeners share is created only to serve, not to check a conf. */
class StartsNothingTest {

  private static final String STARTS =
      """
        public AutoCloseable start(java.util.List<Settings> listeners) {
          throw new IllegalStateException("it was started");
        }
      """;

  @TempDir private Path home;

  @BeforeEach
  void install() throws Exception {
    System.setProperty("parley.home", home.toString());
    Files.writeString(
        Files.createDirectory(home.resolve("conf")).resolve("server.conf"),
        "listeners { x { endpoint = \"tcp://127.0.0.1:0\", protocol = starts } }");
    Path jar = Files.createDirectory(home.resolve("plugins")).resolve("starts.jar");
    PluginJar.of(jar, "Starts", PluginJar.source("Starts", "starts", STARTS), List.of("Starts"));
  }

  @AfterEach
  void restore() {
    System.clearProperty("parley.home");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--check-config", "--print-config", "--print-chain"})
  void toCheck(String option) {
    assertThat(StartServer.run(option)).isEqualTo(Exit.OK);
  }

  @Test
  void toServe() {
    assertThat(StartServer.run()).isEqualTo(Exit.CONF);
  }
}
