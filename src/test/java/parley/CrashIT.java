package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.Programs.Result;

/** Where Java's report goes when it crashes: never to the working folder. */
class CrashIT {

  @TempDir Path temp;
  private Path home;
  private Path work;
  private Path tmp;

  @BeforeEach
  void unpack() throws Exception {
    home = Distribution.unpack(temp);
    work = Files.createDirectory(temp.resolve("work"));
    tmp = Files.createDirectory(temp.resolve("tmp"));
  }

  private static void crash(Process process) throws Exception {
    assertThat(Programs.run("kill", "-SEGV", process.pid() + "").code()).isZero();
    assertThat(process.waitFor()).isEqualTo(134);
  }

  /** Starts a server in a working folder of its own, and crashes it; returns its pid. */
  private long crashServer(Map<String, String> environment, Installation installation)
      throws Exception {
    try (ServerProcess server =
        ServerProcess.start(
            1, environment, work, installation.command("start-server.sh", Installation.FREE))) {
      crash(server.process());
      return server.process().pid();
    }
  }

  @Test
  void aServersReportIsInItsRunFolder() throws Exception {
    for (String shell : List.of("dash", "bash")) {
      Installation unpacked = new Installation(home, shell);
      Installation clone = new Installation(Programs.HOME, shell);
      long pid = crashServer(Map.of(), unpacked);
      assertThat(home.resolve("run/crash-" + pid + ".log")).isNotEmptyFile();
      Folders.delete(home.resolve("run"));

      String relative = "a/b 100%pure";
      pid = crashServer(Map.of("PARLEY_RUN", relative), clone);
      assertThat(work.resolve(relative + "/crash-" + pid + ".log")).isNotEmptyFile();
      Folders.delete(work.resolve("a"));

      String impossible = Files.writeString(tmp.resolve("file"), "") + "/run";
      pid = crashServer(Map.of("PARLEY_RUN", impossible, "TMPDIR", tmp.toString()), unpacked);
      assertThat(tmp.resolve("parley-crash-" + pid + ".log")).isNotEmptyFile();
      assertThat(Installation.in(work)).isEmpty();
    }
  }

  @Test
  void aClientsReportIsInTheFolderForTemporaryFiles() throws Exception {
    Installation unpacked = new Installation(home, "sh");
    try (ServerProcess server = ServerProcess.start()) {
      Process client =
          Programs.builder(
                  Map.of("TMPDIR", tmp.toString(), "PARLEY_ENDPOINT", server.endpoint() + ""),
                  work,
                  unpacked.command("hello-client.sh", "-"))
              .start();
      client.getOutputStream().write("Ada\n".getBytes());
      client.getOutputStream().flush();
      assertThat(client.inputReader().readLine()).isEqualTo("Hello, Ada!");
      crash(client);
      assertThat(Installation.in(tmp)).contains("parley-crash-" + client.pid() + ".log");
      assertThat(Installation.in(work)).isEmpty();
      assertThat(home.resolve("run")).doesNotExist();
    }
  }

  @Test
  void whatOnlyChecksMakesNoFolder() throws Exception {
    Installation unpacked = new Installation(home, "sh");
    for (String option :
        List.of("--check-config", "--print-config", "--print-chain", "--help", "--version")) {
      Result checked = unpacked.run(Map.of(), work, "start-server.sh", option);
      assertThat(checked.code()).as(option).isZero();
      assertThat(home.resolve("run")).doesNotExist();
    }
  }
}
