package example.resp;

import example.resp.Reply.Array;
import example.resp.Reply.BulkString;
import example.resp.Reply.Int64;
import example.resp.Reply.SimpleString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.protocol.SessionAttribute;

/** The commands on the server and the connection. */
final class ServerCommands {

  private static final SessionAttribute<AtomicReference<Reply>> NAME =
      new SessionAttribute<>(
          ServerCommands.class, "name", session -> new AtomicReference<>(Reply.NULL));

  /** The version by which clients know the commands and their answers. */
  private static final String REDIS_VERSION = "7.0.0";

  private final Store store;
  private final Commands commands;

  ServerCommands(Store store, Commands commands) {
    this.store = store;
    this.commands = commands;
  }

  void add() {
    commands
        .add("ping", -1, (session, words) -> ping(words))
        .add("echo", 2, (session, words) -> new BulkString(words.get(1)))
        .add("quit", -1, (session, words) -> Reply.OK)
        .add("info", -1, this::info)
        .addContainer("config")
        .add("config|get", -3, (session, words) -> config(words))
        .addContainer("client")
        .add("client|id", 2, (session, words) -> new Int64(session.getId()))
        .add("client|getname", 2, (session, words) -> NAME.of(session).get())
        .add("client|setname", 3, (session, words) -> setName(session, words.get(2)))
        .add("client|setinfo", 4, (session, words) -> Reply.OK)
        .add("client|list", 2, (session, words) -> clients(session))
        .add("command", -1, (session, words) -> forms(commands.all()))
        .add("command|count", 2, (session, words) -> new Int64(commands.all().size()))
        .add("command|info", -2, (session, words) -> describe(words))
        .add("command|docs", -2, (session, words) -> new Array(List.of()));
  }

  private static Reply ping(List<byte[]> words) {
    if (words.size() > 2) {
      throw new CommandException("ERR wrong number of arguments for 'ping' command");
    }
    return words.size() == 1 ? new SimpleString("PONG") : new BulkString(words.get(1));
  }

  private static Reply setName(IoSession session, byte[] name) {
    for (byte each : name) {
      if (each < '!' || each > '~') {
        throw new CommandException(
            "ERR Client names cannot contain spaces, newlines or special characters.");
      }
    }
    NAME.of(session).set(name.length == 0 ? Reply.NULL : new BulkString(name));
    return Reply.OK;
  }

  /** Returns one line for each client. */
  private static Reply clients(IoSession session) {
    StringBuilder lines = new StringBuilder();
    for (IoSession each : session.getService().getManagedSessions().values()) {
      String name = NAME.of(each).get() instanceof BulkString bulk ? bulk.text() : "";
      lines.append(
          String.format(
              "id=%d addr=%s laddr=%s name=%s\n",
              each.getId(), shown(each.getRemoteAddress()), shown(each.getLocalAddress()), name));
    }
    return bulk(lines.toString());
  }

  private static String shown(Object address) {
    return String.valueOf(address).replaceFirst("^.*/", "");
  }

  /** Returns pairs of name and value. */
  private Reply config(List<byte[]> words) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("maxmemory", String.valueOf(store.maxBytes()));
    values.put("maxmemory-policy", "noeviction");
    values.put("save", "");
    values.put("appendonly", "no");
    List<Reply> found = new ArrayList<>();
    for (Map.Entry<String, String> each : values.entrySet()) {
      for (byte[] word : words.subList(2, words.size())) {
        String asked = Text.of(word);
        if (asked.equals("*") || asked.equalsIgnoreCase(each.getKey())) {
          found.add(bulk(asked.equals("*") ? each.getKey() : asked));
          found.add(bulk(each.getValue()));
          break;
        }
      }
    }
    return new Array(found);
  }

  private Reply info(IoSession session, List<byte[]> words) {
    Map<String, String> sections = new LinkedHashMap<>();
    sections.put("Server", "redis_version:" + REDIS_VERSION + "\r\nredis_mode:standalone\r\n");
    sections.put(
        "Clients", "connected_clients:" + session.getService().getManagedSessionCount() + "\r\n");
    sections.put(
        "Memory",
        "used_memory:" + store.usedBytes() + "\r\nmaxmemory:" + store.maxBytes() + "\r\n");
    int keys = store.size();
    sections.put("Keyspace", keys == 0 ? "" : "db0:keys=" + keys + ",expires=0,avg_ttl=0\r\n");
    List<String> asked =
        words.stream().skip(1).map(word -> Text.of(word).toLowerCase(Locale.ROOT)).toList();
    boolean all =
        asked.isEmpty()
            || asked.stream().anyMatch(List.of("all", "default", "everything")::contains);
    return bulk(
        sections.entrySet().stream()
            .filter(each -> all || asked.contains(each.getKey().toLowerCase(Locale.ROOT)))
            .map(each -> "# " + each.getKey() + "\r\n" + each.getValue())
            .collect(Collectors.joining("\r\n")));
  }

  /** Returns the descriptions of the requested commands, or of all. */
  private Reply describe(List<byte[]> words) {
    if (words.size() == 2) {
      return forms(commands.all());
    }
    return forms(words.stream().skip(2).map(word -> commands.get(Text.of(word))).toList());
  }

  private static Reply forms(List<@Nullable Command> asked) {
    return new Array(asked.stream().map(ServerCommands::form).toList());
  }

  private static Reply form(@Nullable Command command) {
    if (command == null) {
      return Reply.NULL;
    }
    List<Reply> form = new ArrayList<>();
    form.add(bulk(command.name()));
    form.add(new Int64(command.arity()));
    List<Reply> flags = new ArrayList<>();
    command.flags().forEach(flag -> flags.add(new SimpleString(flag)));
    form.add(new Array(flags));
    command.keys().forEach(place -> form.add(new Int64(place)));
    return new Array(form);
  }

  private static Reply bulk(String text) {
    return new BulkString(Text.bytes(text));
  }
}
