package example.resp;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The commands by their names. It does not change after all are added. */
final class Commands {

  private static final int MOST_SHOWN = 128;

  private final Map<String, Command> byName = new LinkedHashMap<>();
  private final Set<String> containers = new HashSet<>();

  /** Adds a command without keys. */
  Commands add(String name, int arity, Command.Action action) {
    return add(name, arity, "", "0 0 0", action);
  }

  Commands add(String name, int arity, String flags, String keys, Command.Action action) {
    List<Integer> places = Stream.of(keys.split(" ")).map(Integer::valueOf).toList();
    List<String> words = Arrays.stream(flags.split(" ")).filter(each -> !each.isEmpty()).toList();
    int bar = name.indexOf('|');
    if (bar > 0) {
      containers.add(name.substring(0, bar));
    }
    byName.put(name, new Command(name, arity, words, places, action));
    return this;
  }

  /** Adds a command that has only subcommands; its arity rejects a request without one. */
  Commands addContainer(String name) {
    return add(name, -2, (session, words) -> Reply.NULL);
  }

  /** Returns all commands without the subcommands. */
  List<Command> all() {
    return byName.values().stream().filter(each -> !each.name().contains("|")).toList();
  }

  @Nullable Command get(String name) {
    return byName.get(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns the command of a request.
   *
   * @throws CommandException if the command is unknown
   */
  Command find(List<byte[]> words) {
    String name = Text.of(words.get(0));
    Command command = get(name);
    if (command == null || name.indexOf('|') >= 0) {
      throw unknown(name, words);
    }
    if (words.size() == 1 || !containers.contains(command.name())) {
      return command;
    }
    String second = Text.of(words.get(1));
    Command sub = get(name + "|" + second);
    if (sub == null) {
      throw new CommandException(
          "ERR unknown subcommand '"
              + cut(second, MOST_SHOWN)
              + "'. Try "
              + name.toUpperCase(Locale.ROOT)
              + " HELP.");
    }
    return sub;
  }

  private static CommandException unknown(String name, List<byte[]> words) {
    StringBuilder shown = new StringBuilder();
    for (int i = 1; i < words.size() && shown.length() < MOST_SHOWN; i++) {
      String word = cut(Text.of(words.get(i)), MOST_SHOWN - shown.length());
      shown.append('\'').append(word).append("' ");
    }
    return new CommandException(
        "ERR unknown command '" + cut(name, MOST_SHOWN) + "', with args beginning with: " + shown);
  }

  private static String cut(String text, int most) {
    return text.substring(0, Math.min(most, text.length()));
  }
}
