package parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import parley.testing.Programs.Result;

/** The archive that the build makes, as a user unpacks it. */
public final class Distribution {

  public static final String VERSION = System.getProperty("parley.version");

  private Distribution() {}

  /** Unpacks it below a folder whose name has a space; returns its own folder. */
  public static Path unpack(Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("un packed"));
    Path archive = Programs.HOME.resolve("target/parley-" + VERSION + ".tar.gz");
    Result unpacked = Programs.run(Map.of(), "", folder, List.of("tar", "xzf", archive.toString()));
    assertThat(unpacked).isEqualTo(new Result(0, "", ""));
    return folder.resolve("parley-" + VERSION);
  }
}
