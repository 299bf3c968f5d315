package parley.cli;

import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/**
 * A prompt for names at a terminal, with editing and a history in {@code ~/.parley_history}. It
 * ends at the end of input, or at the first name after the server has ended the session.
 */
final class Prompt {

  private static final int HISTORY_SIZE = 1000;

  private final GreetingRequests requests;
  private final Terminal terminal;

  Prompt(GreetingRequests requests, Terminal terminal) {
    this.requests = requests;
    this.terminal = terminal;
  }

  int run() {
    int code = requests.banner();
    if (code != Exit.OK) {
      return code;
    }
    try {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .variable(
                  LineReader.HISTORY_FILE,
                  Path.of(System.getProperty("user.home"), ".parley_history"))
              .variable(LineReader.HISTORY_SIZE, HISTORY_SIZE)
              .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_SIZE)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      while (true) {
        code = requests.ask(reader.readLine("name> "));
        if (code == Exit.REFUSED || code == Exit.LOST || code == Exit.OUTPUT) {
          return code;
        }
      }
    } catch (EndOfFileException | UserInterruptException e) {
      return Exit.OK;
    }
  }
}
