package parley.it.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.testing.Await;
import parley.testing.Distribution;
import parley.testing.Folders;
import parley.testing.Installation;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** logrotate, with the shipped conf, while a server runs. */
class LogRotationIT {

  private static final String REFUSED = "reason=refused detail=\"line is not UTF-8\"";

  @TempDir Path temp;
  private Path log;

  /** Makes the server log a line, and waits until the log has this number of them. */
  private void logOne(Endpoint endpoint, int count) throws IOException {
    try (Peer peer = Peer.connect(endpoint)) {
      peer.send(new byte[] {(byte) 0xFF, '\n'});
      peer.bytes();
    }
    Await.until("logged", () -> Files.readString(log).split(REFUSED, -1).length > count);
  }

  private void rotate(Path conf) throws Exception {
    Path state = temp.resolve("state");
    Result rotated =
        Programs.run("logrotate", "--force", "--state", state.toString(), conf.toString());
    assertThat(rotated).isEqualTo(new Result(0, "", ""));
  }

  @Test
  void theServerContinuesAtTheStartOfItsLog() throws Exception {
    Programs.need("logrotate");
    Path home = Distribution.unpack(temp);
    log = home.resolve("run/server.log");
    Path conf =
        Files.writeString(
            temp.resolve("logrotate.conf"),
            Files.readString(home.resolve("conf/logrotate.conf"))
                .replace("/opt/parley", home + ""));
    for (String shell : List.of("dash", "bash")) {
      Installation unpacked = new Installation(home, shell);
      List<String> options = new ArrayList<>(Installation.FREE);
      options.add("--daemon");
      Result started =
          Programs.run(Map.of(), "", temp, unpacked.command("start-server.sh", options));
      try {
        assertThat(started.code()).as(started.err()).isZero();
        Endpoint endpoint = Endpoint.parse(started.out().split(" ")[1]);
        logOne(endpoint, 1);
        String before = Files.readString(log);
        rotate(conf);
        assertThat(log).isEmptyFile();
        assertThat(log.resolveSibling("server.log.1")).hasContent(before);
        logOne(endpoint, 1);
        String after = Files.readString(log);
        assertThat(after.lines().toList()).hasSize(1);
        assertThat(after).startsWith("20").contains(REFUSED); // no hole before it
        rotate(conf);
        assertThat(log.resolveSibling("server.log.1")).hasContent(after);
        assertThat(log.resolveSibling("server.log.2.gz")).exists();
      } finally {
        Result stopped = unpacked.run(Map.of(), temp, "stop-server.sh");
        assertThat(stopped.code()).as(stopped.err()).isZero();
      }
      assertThat(Files.readString(log)).contains("drained: sessions_cut=0");
      Folders.delete(home.resolve("run"));
    }
  }
}
