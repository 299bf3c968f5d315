package parley.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import parley.internal.loop.ClassPath;
import parley.protocol.ProtocolException;

/** Runs a command with the options, exit codes and messages that both share. */
final class Commands {

  /** What a command does with its command line; returns the exit code. */
  interface Action {
    int run(CommandLine line) throws UsageException, ConfException, IOException;
  }

  private Commands() {}

  /**
   * Parses a command line and runs the action.
   *
   * @param help what {@code --help} prints, the first line being the usage
   * @param options the command's own; those of conf, help and version are added
   */
  @SuppressWarnings("CatchAndPrintStackTrace") // a defect: the stack is what a report needs
  static int run(String help, Options options, Action action, String... args) {
    PrintStream err = utf8(System.err);
    String otherLibrary = ClassPath.problem();
    if (otherLibrary != null) {
      err.println(otherLibrary);
      return Exit.DEFECT;
    }
    try {
      ConfOptions.addTo(options);
      options.addOption("h", "help", false, "").addOption("V", "version", false, "");
      CommandLine line =
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .setStripLeadingAndTrailingQuotes(false)
              .get()
              .parse(options, args);
      if (line.hasOption("help")) {
        utf8(System.out).print(help);
      } else if (line.hasOption("version")) {
        utf8(System.out).println("parley " + version());
      } else {
        return action.run(line);
      }
      return checked(System.out, err);
    } catch (ParseException | UsageException e) {
      err.println(e.getMessage());
      err.println(help.lines().findFirst().orElse("") + " (more: --help)");
      return Exit.USAGE;
    } catch (ConfException | ProtocolException e) {
      err.println(e.getMessage());
      return Exit.CONF;
    } catch (IOException | RuntimeException | Error e) {
      e.printStackTrace(err);
      return Exit.DEFECT;
    }
  }

  /** The exit code after output that may not have been written. */
  static int checked(PrintStream out, PrintStream err) {
    if (out.checkError()) {
      err.println("standard output cannot be written");
      return Exit.OUTPUT;
    }
    return Exit.OK;
  }

  private static String version() {
    String version = Commands.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }

  /** Names are UTF-8 on the wire, so they are in the output, whatever the locale says. */
  static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
