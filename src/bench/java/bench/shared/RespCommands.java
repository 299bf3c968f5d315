package bench.shared;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import bench.shared.RespReply.Array;
import bench.shared.RespReply.BulkString;
import bench.shared.RespReply.Int64;
import bench.shared.RespReply.SimpleError;
import bench.shared.RespReply.SimpleString;
import bench.shared.RespStore.Which;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An in-memory store and its commands, answered as redis-server 7.0 answers them. Any thread may
 * execute commands.
 *
 * <p>SET takes NX or XX and no other option; CONFIG GET takes full names and {@code *}.
 */
public final class RespCommands {

  private static final RespReply OK = new SimpleString("OK");
  private static final RespReply NONE = new Array(List.of());
  private static final SimpleError SYNTAX = new SimpleError("ERR syntax error");

  /**
   * A command. The arity includes its name; a negative arity is a minimum. Keys are at the
   * positions first to last, and -1 is the end.
   */
  private record Command(
      int arity, String flags, int first, int last, Function<List<byte[]>, RespReply> run) {}

  private final RespStore store = new RespStore();
  private final Map<String, Command> commands =
      Map.ofEntries(
          Map.entry("ping", new Command(-1, "fast", 0, 0, this::ping)),
          Map.entry(
              "echo", new Command(2, "loading fast", 0, 0, args -> new BulkString(args.get(1)))),
          Map.entry("set", new Command(-3, "write denyoom", 1, 1, this::set)),
          Map.entry("get", new Command(2, "readonly fast", 1, 1, args -> value(args.get(1)))),
          Map.entry("del", new Command(-2, "write", 1, -1, this::del)),
          Map.entry(
              "incr",
              new Command(2, "write denyoom fast", 1, 1, args -> store.increment(args.get(1)))),
          Map.entry("exists", new Command(-2, "readonly fast", 1, -1, this::exists)),
          Map.entry("mget", new Command(-2, "readonly fast", 1, -1, this::mget)),
          Map.entry("command", new Command(-1, "loading stale", 0, 0, this::command)),
          Map.entry("client", new Command(-2, "loading stale", 0, 0, this::client)),
          Map.entry("config", new Command(-2, "admin loading stale", 0, 0, this::config)),
          Map.entry("info", new Command(-1, "loading stale", 0, 0, this::info)),
          Map.entry("quit", new Command(-1, "loading stale fast", 0, 0, args -> OK)));

  /** Returns the words of an inline command. */
  public static List<byte[]> words(String line) {
    return Stream.of(line.split("\\s+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.getBytes(ISO_8859_1))
        .toList();
  }

  /** Returns whether the connection ends after the answer to this command. */
  public static boolean isQuit(List<byte[]> args) {
    return args.get(0).length == 4 && lower(args.get(0)).equals("quit");
  }

  /**
   * Executes one command.
   *
   * @param args its name and arguments, at least one
   * @return the answer
   */
  public RespReply execute(List<byte[]> args) {
    String name = lower(args.get(0));
    Command command = commands.get(name);
    if (command == null) {
      return unknown(args);
    }
    return fits(command.arity, args) ? command.run.apply(args) : wrongNumber(name);
  }

  private static boolean fits(int arity, List<byte[]> args) {
    return arity < 0 ? args.size() >= -arity : args.size() == arity;
  }

  private static SimpleError unknown(List<byte[]> args) {
    StringBuilder message = new StringBuilder("ERR unknown command '");
    message.append(printable(args.get(0), 128)).append("', with args beginning with: ");
    int end = message.length() + 128;
    for (byte[] arg : args.subList(1, args.size())) {
      if (message.length() >= end) {
        break;
      }
      message.append('\'').append(printable(arg, end - message.length())).append("' ");
    }
    return new SimpleError(message.toString());
  }

  private static SimpleError wrongNumber(String name) {
    return new SimpleError("ERR wrong number of arguments for '" + name + "' command");
  }

  private static SimpleError unknownSubcommand(List<byte[]> args) {
    String command = text(args.get(0)).toUpperCase(Locale.ROOT);
    return new SimpleError(
        String.format(
            "ERR unknown subcommand '%s'. Try %s HELP.", printable(args.get(1), 128), command));
  }

  /** A line end inside an error would end the error. */
  private static String printable(byte[] arg, int most) {
    return new String(arg, 0, Math.min(arg.length, most), ISO_8859_1).replaceAll("[\r\n]", " ");
  }

  private static String text(byte[] arg) {
    return new String(arg, ISO_8859_1);
  }

  private static String lower(byte[] arg) {
    return text(arg).toLowerCase(Locale.ROOT);
  }

  private RespReply ping(List<byte[]> args) {
    if (args.size() > 2) {
      return wrongNumber("ping");
    }
    return args.size() == 1 ? new SimpleString("PONG") : new BulkString(args.get(1));
  }

  private RespReply set(List<byte[]> args) {
    if (args.size() == 3) {
      return store.set(args.get(1), args.get(2), Which.ANY);
    }
    return switch (args.size() == 4 ? lower(args.get(3)) : "") {
      case "nx" -> store.set(args.get(1), args.get(2), Which.NEW);
      case "xx" -> store.set(args.get(1), args.get(2), Which.KNOWN);
      default -> SYNTAX;
    };
  }

  private RespReply del(List<byte[]> args) {
    return new Int64(args.stream().skip(1).filter(store::delete).count());
  }

  private RespReply exists(List<byte[]> args) {
    return new Int64(args.stream().skip(1).filter(key -> store.get(key) != null).count());
  }

  private RespReply value(byte[] key) {
    byte[] value = store.get(key);
    return value == null ? new RespReply.Null() : new BulkString(value);
  }

  private RespReply mget(List<byte[]> args) {
    return new Array(args.stream().skip(1).map(this::value).toList());
  }

  private RespReply command(List<byte[]> args) {
    if (args.size() == 1) {
      return new Array(commands.entrySet().stream().map(RespCommands::description).toList());
    }
    return switch (lower(args.get(1))) {
      case "count" -> new Int64(commands.size());
      case "docs" -> NONE;
      default -> unknownSubcommand(args);
    };
  }

  /** Returns the ten parts that COMMAND lists for each command; the last four are empty. */
  private static RespReply description(Map.Entry<String, Command> entry) {
    Command command = entry.getValue();
    return Array.of(
        new BulkString(entry.getKey().getBytes(ISO_8859_1)),
        new Int64(command.arity),
        new Array(Stream.of(command.flags.split(" ")).map(SimpleString::new).toList()),
        new Int64(command.first),
        new Int64(command.last),
        new Int64(command.first == 0 ? 0 : 1),
        NONE,
        NONE,
        NONE,
        NONE);
  }

  /** A client may set its name; it is accepted and not kept. */
  private RespReply client(List<byte[]> args) {
    return switch (lower(args.get(1))) {
      case "setname" -> args.size() == 3 ? OK : wrongNumber("client|setname");
      case "setinfo" -> args.size() == 4 ? OK : wrongNumber("client|setinfo");
      default -> unknownSubcommand(args);
    };
  }

  private RespReply config(List<byte[]> args) {
    if (!lower(args.get(1)).equals("get")) {
      return unknownSubcommand(args);
    }
    if (args.size() == 2) {
      return wrongNumber("config|get");
    }
    List<String> wanted = args.stream().skip(2).map(RespCommands::lower).toList();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("save", "");
    all.put("appendonly", "no");
    all.put("databases", "1");
    all.put("maxmemory", Long.toString(RespStore.MAX_BYTES));
    return new Array(
        all.entrySet().stream()
            .filter(each -> wanted.contains("*") || wanted.contains(each.getKey()))
            .flatMap(each -> Stream.of(each.getKey(), each.getValue()))
            .map(each -> new BulkString(each.getBytes(UTF_8)))
            .toList());
  }

  private RespReply info(List<byte[]> args) {
    List<String> wanted = args.stream().skip(1).map(RespCommands::lower).toList();
    String keys = "db0:keys=" + store.size() + ",expires=0,avg_ttl=0\r\n";
    List<String> sections =
        Arrays.asList(
            "# Server\r\nredis_mode:standalone\r\n",
            "# Memory\r\nused_memory:" + store.usedBytes() + "\r\n",
            "# Keyspace\r\n" + (store.size() == 0 ? "" : keys));
    String all =
        sections.stream()
            .filter(section -> wanted.isEmpty() || wanted.contains(heading(section)))
            .collect(Collectors.joining("\r\n"));
    return new BulkString(all.getBytes(UTF_8));
  }

  private static String heading(String section) {
    return section.substring(2, section.indexOf('\r')).toLowerCase(Locale.ROOT);
  }
}
