package example.resp;

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

  private static final String OK = "OK";
  private static final SessionAttribute<AtomicReference<Object>> NAME =
      new SessionAttribute<>(
          ServerCommands.class, "name", session -> new AtomicReference<>(Nil.NIL));

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
        .add("echo", 2, (session, words) -> words.get(1))
        .add("quit", -1, (session, words) -> OK)
        .add("info", -1, this::info)
        .addContainer("config")
        .add("config|get", -3, (session, words) -> config(words))
        .addContainer("client")
        .add("client|id", 2, (session, words) -> session.getId())
        .add("client|getname", 2, (session, words) -> NAME.of(session).get())
        .add("client|setname", 3, (session, words) -> setName(session, words.get(2)))
        .add("client|setinfo", 4, (session, words) -> OK)
        .add("client|list", 2, (session, words) -> clients(session))
        .add("command", -1, (session, words) -> commands.all().stream().map(this::form).toList())
        .add("command|count", 2, (session, words) -> (long) commands.all().size())
        .add("command|info", -2, (session, words) -> forms(words))
        .add("command|docs", -2, (session, words) -> List.of());
  }

  private static Object ping(List<byte[]> words) {
    if (words.size() > 2) {
      throw new CommandException("ERR wrong number of arguments for 'ping' command");
    }
    return words.size() == 1 ? "PONG" : words.get(1);
  }

  private static Object setName(IoSession session, byte[] name) {
    for (byte each : name) {
      if (each < '!' || each > '~') {
        throw new CommandException(
            "ERR Client names cannot contain spaces, newlines or special characters.");
      }
    }
    NAME.of(session).set(name.length == 0 ? Nil.NIL : name);
    return OK;
  }

  /** Returns one line for each client. */
  private static Object clients(IoSession session) {
    StringBuilder lines = new StringBuilder();
    for (IoSession each : session.getService().getManagedSessions().values()) {
      String name = NAME.of(each).get() instanceof byte[] bytes ? Text.of(bytes) : "";
      lines.append(
          String.format(
              "id=%d addr=%s laddr=%s name=%s\n",
              each.getId(), shown(each.getRemoteAddress()), shown(each.getLocalAddress()), name));
    }
    return Text.bytes(lines.toString());
  }

  private static String shown(Object address) {
    return String.valueOf(address).replaceFirst("^.*/", "");
  }

  /** Returns pairs of name and value. */
  private Object config(List<byte[]> words) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("maxmemory", String.valueOf(store.maxBytes()));
    values.put("maxmemory-policy", "noeviction");
    values.put("save", "");
    values.put("appendonly", "no");
    List<Object> found = new ArrayList<>();
    for (Map.Entry<String, String> each : values.entrySet()) {
      for (byte[] word : words.subList(2, words.size())) {
        String asked = Text.of(word);
        if (asked.equals("*") || asked.equalsIgnoreCase(each.getKey())) {
          found.add(Text.bytes(asked.equals("*") ? each.getKey() : asked));
          found.add(Text.bytes(each.getValue()));
          break;
        }
      }
    }
    return found;
  }

  private Object info(IoSession session, List<byte[]> words) {
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
    return Text.bytes(
        sections.entrySet().stream()
            .filter(each -> all || asked.contains(each.getKey().toLowerCase(Locale.ROOT)))
            .map(each -> "# " + each.getKey() + "\r\n" + each.getValue())
            .collect(Collectors.joining("\r\n")));
  }

  /** Returns the descriptions of the requested commands, or of all. */
  private Object forms(List<byte[]> words) {
    if (words.size() == 2) {
      return commands.all().stream().map(this::form).toList();
    }
    return words.stream().skip(2).map(word -> form(commands.get(Text.of(word)))).toList();
  }

  private Object form(@Nullable Command command) {
    if (command == null) {
      return Nil.NIL;
    }
    List<Object> form = new ArrayList<>();
    form.add(Text.bytes(command.name()));
    form.add((long) command.arity());
    form.add(command.flags());
    command.keys().forEach(place -> form.add(place.longValue()));
    return form;
  }
}
