package example.resp;

import example.resp.Reply.Array;
import example.resp.Reply.BulkString;
import example.resp.Reply.Int64;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The commands on values: GET, SET, DEL, INCR, EXISTS, MGET. */
final class StringCommands {

  private final Store store;

  StringCommands(Store store) {
    this.store = store;
  }

  void addTo(Commands commands) {
    commands
        .add("get", 2, "readonly fast", "1 1 1", (session, words) -> get(words.get(1)))
        .add("set", -3, "write denyoom", "1 1 1", (session, words) -> set(words))
        .add("incr", 2, "write denyoom fast", "1 1 1", (session, words) -> incr(words.get(1)))
        .add("mget", -2, "readonly fast", "1 -1 1", (session, words) -> mget(words))
        .add("exists", -2, "readonly fast", "1 -1 1", (s, words) -> count(words, this::isThere))
        .add("del", -2, "write", "1 -1 1", (session, words) -> count(words, this::delete));
  }

  private static Reply orNull(byte @Nullable [] value) {
    return value == null ? Reply.NULL : new BulkString(value);
  }

  private Reply get(byte[] key) {
    return orNull(store.get(Text.of(key)));
  }

  private Reply mget(List<byte[]> words) {
    return new Array(words.stream().skip(1).map(this::get).toList());
  }

  /** SET key value [NX | XX] [GET]. */
  private Reply set(List<byte[]> words) {
    boolean ifAbsent = false;
    boolean ifPresent = false;
    boolean get = false;
    for (byte[] option : words.subList(3, words.size())) {
      switch (Text.of(option).toUpperCase(Locale.ROOT)) {
        case "NX" -> ifAbsent = true;
        case "XX" -> ifPresent = true;
        case "GET" -> get = true;
        default -> throw new CommandException("ERR syntax error");
      }
    }
    if (ifAbsent && ifPresent) {
      throw new CommandException("ERR syntax error");
    }
    boolean always = !ifAbsent && !ifPresent;
    boolean wanted = ifPresent;
    byte[] value = words.get(2);
    byte[] before =
        store.update(Text.of(words.get(1)), now -> always || (now != null) == wanted ? value : now);
    if (get) {
      return orNull(before);
    }
    return always || (before != null) == wanted ? Reply.OK : Reply.NULL;
  }

  private Reply incr(byte[] key) {
    return new Int64(next(store.update(Text.of(key), value -> Text.bytes("" + next(value)))));
  }

  private static long next(byte @Nullable [] value) {
    try {
      return Math.incrementExact(value == null ? 0 : Text.number(Text.of(value)));
    } catch (NumberFormatException e) {
      throw new CommandException("ERR value is not an integer or out of range");
    } catch (ArithmeticException e) {
      throw new CommandException("ERR increment or decrement would overflow");
    }
  }

  private static Reply count(List<byte[]> words, Predicate<String> what) {
    return new Int64(words.stream().skip(1).map(Text::of).filter(what).count());
  }

  private boolean isThere(String key) {
    return store.get(key) != null;
  }

  private boolean delete(String key) {
    return store.update(key, value -> null) != null;
  }
}
