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

/** The conf options that both commands share. */
final class ConfOptions {

  /** The help for these options. */
  static final String HELP =
      """
            --config FILE     the conf file
            --set KEY=VALUE   override a key of the conf file; may be repeated. The value is taken
                              literally unless it starts with [ or {
            --check-config    check the conf, print its problems, and exit
            --print-config    print the effective conf with the origin of each value, and exit
        -h, --help            print this text, and exit
        -V, --version         print the version, and exit
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

  /** Returns the folder of the installation, which the scripts pass. */
  static Path home() {
    return Path.of(System.getProperty("parley.home", ""));
  }

  /** Loads the conf file, by default one in {@code conf/}, and the command line's settings. */
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
                  + " (expected: a path in the locale's charset, "
                  + charset
                  + ")"));
    }
  }

  /**
   * Prints warnings, and handles the options that replace the command's work.
   *
   * @return the exit code if there was such an option, otherwise null
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
