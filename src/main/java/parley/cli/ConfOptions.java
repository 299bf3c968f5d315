package parley.cli;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/** The options of both commands that are about conf. */
final class ConfOptions {

  /** Their part of the help. */
  static final String HELP =
      """
            --config FILE     the conf file
            --set KEY=VALUE   set a key of the conf file, as often as you like; the value is taken
                              as it is unless it begins with [ or {
            --check-config    check the conf, say what is wrong, and end
            --print-config    print the effective conf with the origin of each value, and end
        -h, --help            print this, and end
        -V, --version         print the version, and end
      """;

  /** Variables that only the scripts read. */
  private static final Set<String> OF_THE_SCRIPTS = Set.of("PARLEY_RUN", "PARLEY_START_TIMEOUT");

  private ConfOptions() {}

  static void addTo(Options options) {
    options
        .addOption(null, "config", true, "")
        .addOption(null, "set", true, "")
        .addOption(null, "check-config", false, "")
        .addOption(null, "print-config", false, "");
  }

  /** Where Parley is installed; the scripts say. */
  static Path home() {
    return Path.of(System.getProperty("parley.home", ""));
  }

  /** Reads the conf file, by default one of {@code conf/}, and the settings of the command line. */
  static Conf load(CommandLine line, String defaultFile, Map<String, String> environment)
      throws ConfException {
    String config = line.getOptionValue("config");
    Path file = config == null ? home().resolve("conf").resolve(defaultFile) : path(config);
    String[] sets = line.getOptionValues("set");
    return Conf.load(file, sets == null ? List.of() : List.of(sets), environment);
  }

  private static Path path(String config) throws ConfException {
    try {
      return Path.of(config);
    } catch (InvalidPathException e) {
      String charset = System.getProperty("sun.jnu.encoding");
      throw new ConfException(
          List.of(
              "--config "
                  + config
                  + ": "
                  + e.getReason()
                  + " (expected: a path in the locale's charset, which is "
                  + charset
                  + ")"));
    }
  }

  /**
   * Prints warnings, and does what was asked for instead of running.
   *
   * @return the exit code if there was anything, else null
   */
  static @Nullable Integer done(CommandLine line, Conf conf, PrintStream out, PrintStream err) {
    conf.hints().forEach(hint -> err.println("warning: " + hint));
    conf.unknownVariables(OF_THE_SCRIPTS).forEach(warning -> err.println("warning: " + warning));
    if (line.hasOption("print-config")) {
      for (Conf.Entry each : conf.entries()) {
        out.println(each.key() + " = " + each.value() + "  # " + each.origin());
      }
    }
    if (line.hasOption("check-config")) {
      out.println("conf ok");
    }
    return line.hasOption("print-config") || line.hasOption("check-config")
        ? Commands.checked(System.out, err)
        : null;
  }
}
