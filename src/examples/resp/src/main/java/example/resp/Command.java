package example.resp;

import java.util.List;
import org.apache.mina.core.session.IoSession;

/**
 * One command, or one of its subcommands.
 *
 * @param name in lower case; that of a subcommand is {@code client|id}
 * @param arity how many words it is, its name included; of -2, at least 2
 * @param flags what clients may know of it, such as {@code readonly}
 * @param keys where its keys are among the words: the first, the last (-1: of all), the step
 * @param action what it does
 */
record Command(String name, int arity, List<String> flags, List<Integer> keys, Action action) {

  /** Does a command. One for all sessions. */
  interface Action {

    /**
     * Answers with a value of RESP.
     *
     * @param words the request, the command's name first
     * @throws CommandException if it is refused
     */
    Object answer(IoSession session, List<byte[]> words);
  }

  /** Answers a request for this command. */
  Object answer(IoSession session, List<byte[]> words) {
    if (arity < 0 ? words.size() < -arity : words.size() != arity) {
      throw new CommandException("ERR wrong number of arguments for '" + name + "' command");
    }
    return action.answer(session, words);
  }
}
