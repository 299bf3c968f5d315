package example.resp;

import java.util.List;
import org.apache.mina.core.session.IoSession;

/**
 * One command, or one of its subcommands.
 *
 * @param name the name in lower case; a subcommand is named like {@code client|id}
 * @param arity the number of words with its name; -2 means at least 2
 * @param flags its properties for clients, such as {@code readonly}
 * @param keys the positions of its keys: the first, the last (-1 for the last word), the step
 * @param action the work of the command
 */
record Command(String name, int arity, List<String> flags, List<Integer> keys, Action action) {

  /** The work of a command. One instance serves all sessions. */
  interface Action {

    /**
     * Returns the reply.
     *
     * @param words the request, the command's name first
     * @throws CommandException if it is rejected
     */
    Reply answer(IoSession session, List<byte[]> words);
  }

  /** Answers a request for this command. */
  Reply answer(IoSession session, List<byte[]> words) {
    if (arity < 0 ? words.size() < -arity : words.size() != arity) {
      throw new CommandException("ERR wrong number of arguments for '" + name + "' command");
    }
    return action.answer(session, words);
  }
}
