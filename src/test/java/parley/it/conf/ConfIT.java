package parley.it.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.run;
import static parley.testing.Programs.script;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Programs.Result;

/** Conf files as the commands read them. */
class ConfIT {

  @TempDir Path temp;

  private Result start(Path folder, String... options) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(options));
    command.add(0, script("start-server.sh"));
    return run(Map.of(), "", folder, command);
  }

  /** The file may be given by a bare name, which has no folder. */
  @Test
  void includesAreReadHoweverTheFileIsNamed() throws Exception {
    Files.writeString(temp.resolve("d.conf"), "drain-timeout = 3s\n");
    Files.writeString(
        temp.resolve("x.conf"),
        "include \"d.conf\"\nlisteners { g { endpoint = \"tcp://127.0.0.1:0\","
            + " protocol = greeting } }\n");
    Path sub = Files.createDirectory(temp.resolve("sub"));
    for (String name : List.of("x.conf", "./x.conf", "sub/../x.conf", temp + "/x.conf")) {
      String included = name.replace("x.conf", "d.conf");
      Result printed = start(temp, "--config", name, "--print-config");
      assertThat(printed.code()).as(printed.err()).isZero();
      assertThat(printed.out()).contains("drain-timeout = \"3s\"  # " + included + ":1\n");
    }
    assertThat(start(sub, "--config", "../x.conf", "--print-config").out())
        .contains("drain-timeout = \"3s\"  # ../d.conf:1\n");
  }

  /** Nothing in the working folder is read, nor the paths of a bare file from elsewhere. */
  @Test
  void problemsInABareFileNameTheirLine() throws Exception {
    Files.writeString(temp.resolve("x.conf"), "\ninclude \"nothere.conf\"\n");
    Result refused = start(temp, "--config", "x.conf", "--check-config");
    assertThat(refused.code()).isEqualTo(78);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("x.conf:2: include \"nothere.conf\": no such file: ");
  }
}
