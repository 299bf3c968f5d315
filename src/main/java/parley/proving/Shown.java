package parley.proving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The format of values in failures: escaped, quoted, and shortened in the middle. */
final class Shown {

  private static final int WHOLE = 72;
  private static final int HEAD = 32;
  private static final int TAIL = 16;
  private static final int PARTS = 12;

  private Shown() {}

  /** Returns bytes in quotes, with other bytes than text escaped; long ones are shortened. */
  static String raw(String raw) {
    if (raw.length() <= WHOLE) {
      return quoted(raw);
    }
    return quoted(raw.substring(0, HEAD))
        + number(raw.length() - HEAD - TAIL, "...(%,d more)...")
        + quoted(raw.substring(raw.length() - TAIL));
  }

  /** Returns parts with bars between them; many parts are shortened. */
  static String parts(List<String> parts) {
    if (parts.size() <= PARTS) {
      return String.join(" | ", parts.stream().map(Shown::raw).toList());
    }
    return parts(parts.subList(0, PARTS / 2))
        + number(parts.size() - PARTS, " | ...(%,d more)... | ")
        + parts(parts.subList(parts.size() - PARTS / 2, parts.size()));
  }

  /** Returns all bytes in quotes, escaped. */
  static String quoted(String raw) {
    StringBuilder shown = new StringBuilder("\"");
    for (int i = 0; i < raw.length(); ) {
      int length = utf8Length(raw, i);
      if (length > 1) {
        shown.append(new String(Raw.bytes(raw.substring(i, i + length)), StandardCharsets.UTF_8));
      } else {
        append(shown, raw.charAt(i));
      }
      i += length;
    }
    return shown.append('"').toString();
  }

  private static void append(StringBuilder shown, char c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      case '"' -> shown.append("\\\"");
      case '\\' -> shown.append("\\\\");
      default -> {
        if (c < ' ' || c > '~') {
          shown.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
        } else {
          shown.append(c);
        }
      }
    }
  }

  /** Returns how many bytes form one visible UTF-8 character there; 1 if they form none. */
  private static int utf8Length(String raw, int at) {
    char first = raw.charAt(at);
    int length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1;
    if (length == 1 || at + length > raw.length()) {
      return 1;
    }
    String text = new String(Raw.bytes(raw.substring(at, at + length)), StandardCharsets.UTF_8);
    boolean one = text.codePointCount(0, text.length()) == 1 && text.charAt(0) != '\uFFFD';
    return one && Character.isLetterOrDigit(text.codePointAt(0)) ? length : 1;
  }

  /** Returns a frame's description; a long one is shortened. */
  static String description(String text) {
    int most = 2 * WHOLE;
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, most / 2)
        + number(text.length() - most * 3 / 4, "...(%,d more)...")
        + text.substring(text.length() - most / 4);
  }

  static String number(long number, String format) {
    return String.format(Locale.ROOT, format, number);
  }

  /** Returns {@code 5 s} or {@code 250 ms}. */
  static String time(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /** Returns a throwable in one line: type, message, place. */
  static String thrown(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    StackTraceElement[] stack = root.getStackTrace();
    return description(String.valueOf(root)) + (stack.length == 0 ? "" : " at " + stack[0]);
  }
}
