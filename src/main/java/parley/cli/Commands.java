package parley.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;

/** Runs a command with the exit codes and messages that both share. */
final class Commands {

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      @Nullable String version = Commands.class.getPackage().getImplementationVersion();
      return new String[] {"parley " + (version == null ? "(not from a jar)" : version)};
    }
  }

  private Commands() {}

  static int run(Object command, String... args) {
    return new CommandLine(command)
        .setExitCodeExceptionMapper(
            thrown -> thrown instanceof ConfException ? Exit.CONF : Exit.DEFECT)
        .setExecutionExceptionHandler(Commands::report)
        .setUsageHelpAutoWidth(true)
        .execute(args);
  }

  private static int report(Exception thrown, CommandLine line, CommandLine.ParseResult parsed) {
    PrintStream err = utf8(System.err);
    if (thrown instanceof ConfException) {
      err.println(thrown.getMessage());
      return Exit.CONF;
    }
    thrown.printStackTrace(err);
    return Exit.DEFECT;
  }

  /** Names are UTF-8 on the wire, so they are in the output, whatever the locale says. */
  static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
