package parley.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of both commands that are about conf. */
final class ConfOptions {

  /** Variables that the scripts read. */
  private static final Set<String> OF_THE_SCRIPTS =
      Set.of("PARLEY_ENDPOINT", "PARLEY_HOME", "PARLEY_RUN");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The conf file (default: conf/${parley.conf:-PROGRAM.conf}).")
  @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Set a key of the conf file; the value is taken as it is unless it begins with [ or {.")
  List<String> sets = List.of();

  @Option(names = "--check-config", description = "Check the conf, say what is wrong, and end.")
  boolean check;

  @Option(
      names = "--print-config",
      description = "Print the effective conf with the origin of each value, and end.")
  boolean print;

  /** Reads the conf; {@code --set} goes first, then the environment, then the file. */
  Conf load(String defaultFile, Map<String, String> environment) throws ConfException {
    return Conf.load(
        config == null ? home().resolve("conf").resolve(defaultFile) : config, sets, environment);
  }

  /** Where Parley is installed; the scripts say. */
  static Path home() {
    return Path.of(System.getProperty("parley.home", ""));
  }

  static void warnOfUnknownVariables(Conf conf, PrintStream err) {
    conf.unknownVariables(OF_THE_SCRIPTS).forEach(line -> err.println("warning: " + line));
  }

  /**
   * Does what was asked for in place of running.
   *
   * @return whether there was anything
   */
  boolean done(Conf conf, PrintStream out) {
    if (print) {
      conf.entries()
          .forEach(each -> out.printf("%s = %s  # %s%n", each.key(), each.value(), each.origin()));
    }
    return print || check;
  }
}
