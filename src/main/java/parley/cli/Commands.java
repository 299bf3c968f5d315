package parley.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import parley.internal.loop.ClassPath;
import parley.protocol.ProtocolException;

/** Runs a command, with the options, exit codes and messages that both commands share. */
final class Commands {

  /** The work of a command; returns the exit code. */
  interface Action {
    int run(CommandLine line) throws UsageException, ConfException, IOException;
  }

  private Commands() {}

  /**
   * Parses a command line and runs the action.
   *
   * @param help the text for {@code --help}; its first line is the usage
   * @param options the command's own options; those for conf, help and version are added
   */
  @SuppressWarnings("CatchAndPrintStackTrace") // a defect: a bug report needs the stack
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
      CommandLine line = parsed(options, args);
      if (line.hasOption("help")) {
        utf8(System.out).print(help);
      } else if (line.hasOption("version")) {
        utf8(System.out).println("parley " + version());
      } else {
        return action.run(line);
      }
      return checked(System.out, err);
    } catch (UsageException e) {
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

  /** Parses a command line. The messages of commons-cli do not have what is allowed. */
  static CommandLine parsed(Options options, String... args) throws UsageException {
    try {
      return DefaultParser.builder()
          .setAllowPartialMatching(false)
          .setStripLeadingAndTrailingQuotes(false)
          .get()
          .parse(options, args);
    } catch (UnrecognizedOptionException e) {
      throw new UsageException(e.getOption() + ": unknown option (expected: an option of --help)");
    } catch (MissingArgumentException e) {
      String option = "--" + e.getOption().getLongOpt();
      throw new UsageException(option + ": no value (expected: " + option + " VALUE)");
    } catch (ParseException e) {
      throw new UsageException(String.valueOf(e.getMessage())); // not with these options
    }
  }

  /** Returns the exit code for output: an error if standard output could not be written. */
  static int checked(PrintStream out, PrintStream err) {
    if (out.checkError()) {
      err.println("cannot write to standard output");
      return Exit.OUTPUT;
    }
    return Exit.OK;
  }

  private static String version() {
    String version = Commands.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }

  /** Returns a stream that writes UTF-8 in every locale, as names are UTF-8 on the wire. */
  static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
