package parley.it.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Distribution;
import parley.testing.Folders;
import parley.testing.Maven;
import parley.testing.Programs.Result;

/** The content of the local Maven repository, for an application that embeds Parley. */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // three builds, on a machine that may be busy
class InstallIT {

  private static final String JAR = "parley-" + Distribution.VERSION;

  @TempDir private Path temp;

  private static void build(Maven maven, Path clone, String... arguments) throws Exception {
    Result built = maven.run(clone, arguments);
    assertThat(built.code()).as("%s", built).isZero();
  }

  private static void hasSourcesAndJavadoc(Path folder) throws IOException {
    try (ZipFile sources = new ZipFile(folder.resolve(JAR + "-sources.jar").toFile());
        ZipFile javadoc = new ZipFile(folder.resolve(JAR + "-javadoc.jar").toFile())) {
      assertThat(sources.stream().map(ZipEntry::getName))
          .contains(
              "parley/server/Server.java",
              "parley/proving/Proof.java",
              "parley/cli/StartServer.java");
      assertThat(javadoc.stream()).anyMatch(each -> each.getName().endsWith("/server/Server.html"));
    }
  }

  /**
   * Either kind of install adds them; the scripts' own build omits them, so that the first start is
   * quick.
   */
  @Test
  void sourcesAndJavadocAreBesideTheJar() throws Exception {
    Path clone = Checkout.copy(temp.resolve("clone"));
    try (Maven maven = Maven.withoutParley()) {
      Path installed = maven.parley().resolve("parley").resolve(Distribution.VERSION);
      build(maven, clone, "-Pquick", "package");
      assertThat(clone.resolve("target/lib/" + JAR + ".jar")).isRegularFile();
      assertThat(clone.resolve("target/" + JAR + "-sources.jar")).doesNotExist();
      assertThat(clone.resolve("target/" + JAR + "-javadoc.jar")).doesNotExist();
      build(maven, clone, "-Pquick", "install");
      assertThat(installed.resolve(JAR + ".jar")).isRegularFile();
      assertThat(installed.resolve(JAR + "-proving.jar")).isRegularFile();
      assertThat(installed.resolve(JAR + "-cli.jar")).isRegularFile();
      hasSourcesAndJavadoc(installed);
      Folders.delete(maven.parley());
      Folders.delete(clone.resolve("target"));
      build(maven, clone, "-Dmaven.test.skip", "-Dassembly.skipAssembly", "install");
      hasSourcesAndJavadoc(installed);
    }
  }
}
