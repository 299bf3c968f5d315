package bench.run;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A work to measure, with its name.
 *
 * @param connections of the load; the number at a time where they are opened and closed
 * @param depth requests in flight on each; for an idle one, the requests sent before
 * @param lineBytes of a request, including its LF
 * @param loops of each server; with more than one, servers and load share as many processors
 */
record Work(String name, Kind kind, int connections, int depth, int lineBytes, int loops) {

  enum Kind {
    CLOSED,
    CONNECTS,
    FLOOD,
    OPEN,
    OPEN_COMMON,
    IDLE
  }

  static final List<String> SHORT = List.of("64x1", "64x16", "16x128");

  static final List<String> FULL =
      List.of(
          "1x1",
          "64x1",
          "64x16",
          "16x128",
          "1000x1",
          "10000x1",
          "64x1-4KiB",
          "64x16-4KiB",
          "connects",
          "flood",
          "open-64x1",
          "open-64x16",
          "open-common-64x1",
          "open-common-64x16",
          "idle-15000",
          "idle-asked-15000",
          "64x1-2cores",
          "64x16-2cores",
          "16x128-2cores",
          "connects-2cores");

  static final String ALLOWED =
      "CONNECTIONSxDEPTH[-NKiB], open-... or open-common-... of such a one, connects, flood,"
          + " idle-CONNECTIONS, idle-asked-CONNECTIONS; all but idle with -2cores behind";

  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?<open>open-|open-common-)?(?<connections>[1-9]\\d{0,4})x(?<depth>[1-9]\\d{0,3})"
              + "(?:-(?<kib>[1-8])KiB)?|(?<other>connects|flood))(?<two>-2cores)?"
              + "|idle-(?<asked>asked-)?(?<idle>[1-9]\\d{0,5})");

  private static final int LINE_BYTES = 16;
  private static final int CONNECTS_AT_ONCE = 32;
  private static final int FLOODS = 2;

  /**
   * Returns the work with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Work of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("work: " + name + " (expected: " + ALLOWED + ")");
    }
    int loops = matcher.group("two") == null ? 1 : 2;
    if (matcher.group("idle") != null) {
      int connections = Integer.parseInt(matcher.group("idle"));
      int asked = matcher.group("asked") == null ? 0 : 1;
      return new Work(name, Kind.IDLE, connections, asked, LINE_BYTES, 1);
    }
    String other = matcher.group("other");
    if (other != null) {
      return other.equals("flood")
          ? new Work(name, Kind.FLOOD, FLOODS, 0, 2, loops)
          : new Work(name, Kind.CONNECTS, CONNECTS_AT_ONCE, 1, LINE_BYTES, loops);
    }
    String kib = matcher.group("kib");
    return new Work(
        name,
        kind(matcher.group("open")),
        Integer.parseInt(matcher.group("connections")),
        Integer.parseInt(matcher.group("depth")),
        kib == null ? LINE_BYTES : Integer.parseInt(kib) * 1024,
        loops);
  }

  private static Kind kind(String open) {
    if (open == null) {
      return Kind.CLOSED;
    }
    return open.equals("open-") ? Kind.OPEN : Kind.OPEN_COMMON;
  }

  boolean isOpen() {
    return kind == Kind.OPEN || kind == Kind.OPEN_COMMON;
  }

  /** Returns the closed loop whose rate determines the rate of this open one. */
  Work closed() {
    return of(name.replaceFirst("^open-(common-)?", ""));
  }

  /** Returns the open loop of this closed one, with one rate for all servers. */
  Work atOneRate() {
    return of("open-common-" + name);
  }

  /** Returns the load generator's command, without the rate of an open loop. */
  String command(int port, double warmUp, double seconds) {
    String time = " " + warmUp + " " + seconds;
    String where = " " + port + " " + connections;
    return switch (kind) {
      case CLOSED -> "closed" + where + " " + depth + " " + lineBytes + time + " " + loops;
      case OPEN, OPEN_COMMON -> "open" + where + " " + depth + " " + lineBytes + time;
      case CONNECTS -> "connects" + where + time;
      case FLOOD -> "flood" + where + " 2" + time;
      case IDLE -> "idle" + where + " " + depth;
    };
  }
}
