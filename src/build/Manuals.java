import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a man page, a bash completion and a zsh completion of each command from what its {@code
 * --help} prints: {@code java Manuals.java FOLDER VERSION CLASSPATH}.
 */
final class Manuals {

  /** An option or an argument, such as {@code --config FILE}; an argument has no names. */
  private record Choice(List<String> names, String value, String text) {

    /** Returns the action in zsh that completes a value. */
    static String action(String value) {
      return switch (value) {
        case "FILE" -> "_files";
        case "FOLDER", "DIR" -> "_files -/";
        default -> " ";
      };
    }
  }

  /** The parts of a command's help. */
  private record Help(
      String name, String usage, List<String> text, List<Choice> choices, String exitCodes) {}

  private static final Pattern CHOICE =
      Pattern.compile("^ {2,6}(?:(-\\w)(?:, )?)?(--[\\w-]+)?(?: ?([A-Z][A-Z=]*))? {2,}(\\S.*)$");
  private static final String EXIT_CODES = "Exit codes: ";

  private Manuals() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    String java = ProcessHandle.current().info().command().orElse("java");
    List<List<String>> commands =
        List.of(
            help(java, args[2], "parley.cli.StartServer"),
            help(java, args[2], "parley.cli.HelloClient"),
            List.of("sh", "bin/stop-server.sh", "--help"),
            List.of("sh", "bin/new-protocol.sh", "--help"),
            List.of("sh", "bin/dev-cert.sh", "--help"));
    for (List<String> command : commands) {
      Help help = parse(output(command));
      write(folder.resolve("man/man1/" + help.name + ".1"), man(help, args[1]));
      write(folder.resolve("bash-completion/completions/" + help.name), bash(help));
      write(folder.resolve("zsh/site-functions/_" + help.name), zsh(help));
    }
  }

  private static List<String> help(String java, String classPath, String main) {
    return List.of(java, "-Dslf4j.internal.verbosity=ERROR", "-cp", classPath, main, "--help");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " ended with " + process.exitValue());
    }
    return output;
  }

  private static Help parse(String help) {
    List<String> lines = help.lines().toList();
    String[] usage = lines.get(0).split(" ", 3); // usage: NAME ARGUMENTS
    if (!usage[0].equals("usage:")) {
      throw new IllegalStateException(lines.get(0) + " (expected: usage: NAME ...)");
    }
    List<Choice> choices = new ArrayList<>();
    StringBuilder prose = new StringBuilder();
    for (String line : lines.subList(1, lines.size())) {
      Matcher choice = CHOICE.matcher(line);
      boolean isChoice =
          choice.matches()
              && (choice.group(1) != null || choice.group(2) != null || choice.group(3) != null);
      if (isChoice) {
        List<String> names = new ArrayList<>();
        names.add(choice.group(1));
        names.add(choice.group(2));
        names.removeIf(name -> name == null);
        String value = choice.group(3) == null ? "" : choice.group(3);
        choices.add(new Choice(names, value, choice.group(4)));
      } else if (line.startsWith("        ") && !choices.isEmpty()) {
        Choice last = choices.remove(choices.size() - 1);
        choices.add(new Choice(last.names, last.value, last.text + " " + line.strip()));
      } else {
        prose.append(line.isBlank() || line.startsWith(EXIT_CODES) ? "\n\n" : " ").append(line);
      }
    }
    List<String> text =
        Arrays.stream(prose.toString().split("\n\n")).map(String::strip).collect(Collectors.toList());
    text.removeIf(String::isEmpty);
    String exits =
        text.stream().filter(each -> each.startsWith(EXIT_CODES)).findFirst().orElse("");
    text.remove(exits);
    return new Help(
        usage[1],
        usage.length > 2 ? usage[2] : "",
        text,
        choices,
        exits.isEmpty() ? "" : exits.substring(EXIT_CODES.length()));
  }

  private static String man(Help help, String version) {
    String summary = help.text.get(0).split("[.:] | \\(")[0].replaceAll("[.:]$", "");
    StringBuilder page = new StringBuilder();
    page.append(".TH \"%s\" 1 \"\" \"Parley %s\" \"Parley\"\n".formatted(help.name.toUpperCase(Locale.ROOT), version));
    page.append(".SH NAME\n").append(roff(help.name)).append(" \\- ");
    page.append(roff(summary.substring(0, 1).toLowerCase(Locale.ROOT) + summary.substring(1)));
    page.append("\n.SH SYNOPSIS\n.B ").append(roff(help.name)).append("\n");
    page.append(help.usage.isEmpty() ? "" : roff(help.usage) + "\n").append(".SH DESCRIPTION\n");
    page.append(help.text.stream().map(Manuals::roff).collect(Collectors.joining("\n.PP\n")));
    page.append("\n");
    if (!help.choices.isEmpty()) {
      page.append(".SH OPTIONS\n");
    }
    for (Choice choice : help.choices) {
      page.append(".TP\n.B ").append(roff(String.join(", ", choice.names)));
      page.append(choice.value.isEmpty() || choice.names.isEmpty() ? "" : " ");
      page.append(roff(choice.value)).append("\n").append(roff(choice.text)).append("\n");
    }
    if (!help.exitCodes.isEmpty()) {
      page.append(".SH EXIT STATUS\n");
      for (String code : help.exitCodes.replaceAll("\\.$", "").split(", (?=\\d)")) {
        String[] parts = code.split(" ", 2);
        page.append(".TP\n.B ").append(parts[0]).append("\n").append(roff(parts[1])).append("\n");
      }
    }
    return page.toString();
  }

  /** Text as roff prints it, also if it begins with what roff takes for a request. */
  private static String roff(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private static String function(Help help) {
    return "_" + help.name.replaceAll("\\W", "_");
  }

  private static String bash(Help help) {
    String names =
        help.choices.stream().flatMap(each -> each.names.stream()).collect(Collectors.joining(" "));
    String valued =
        help.choices.stream()
            .filter(each -> !each.value.isEmpty())
            .flatMap(each -> each.names.stream())
            .collect(Collectors.joining(" | "));
    return """
        # bash completion of %1$s
        %2$s() {
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
          COMPREPLY=()
          case $previous in
            %4$s) return ;; # its value: a file, or what you type
          esac
          case $current in
            -*) mapfile -t COMPREPLY < <(compgen -W '%3$s' -- "$current") ;;
          esac
        }
        complete%5$s -F %2$s %1$s
        """
        .formatted(
            help.name,
            function(help),
            names,
            valued.isEmpty() ? "''" : valued,
            valued.isEmpty() && arguments(help).isEmpty() ? "" : " -o default");
  }

  /** The arguments in the usage that are not options, such as NAME and [HOST]... */
  private static List<String> arguments(Help help) {
    String rest = help.usage.replaceAll("\\[(-[^\\]]*|OPTION)](\\.\\.\\.)?", "").strip();
    return rest.isEmpty() ? List.of() : List.of(rest.split(" +"));
  }

  private static String zsh(Help help) {
    StringBuilder specs = new StringBuilder();
    for (Choice choice : help.choices) {
      String text = choice.text.replaceAll("([\\[\\]:\\\\])", "\\\\$1").replace("'", "'\\''");
      String value = choice.value.isEmpty() ? "" : ":" + choice.value + ":" + Choice.action(choice.value);
      if (choice.names.isEmpty()) {
        continue;
      }
      String all = String.join(",", choice.names);
      String names = choice.names.size() > 1 ? "{" + all + "}" : all;
      specs.append(" \\\n  ").append(names).append("'[").append(text).append("]").append(value).append("'");
    }
    for (String argument : arguments(help)) {
      String name = argument.replaceAll("[^A-Z]", "");
      String place = argument.endsWith("...") ? "*:" : argument.startsWith("[") ? "::" : ":";
      specs.append(" \\\n  '").append(place).append(name).append(":");
      specs.append(Choice.action(name)).append("'");
    }
    return "#compdef " + help.name + "\n_arguments" + specs + "\n";
  }
}
