package parley.proving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How a failure shows what it is about: escaped, quoted, and shortened in the middle. */
final class Shown {

  private static final int WHOLE = 72;
  private static final int HEAD = 32;
  private static final int TAIL = 16;
  private static final int PARTS = 12;

  private Shown() {}

  /** Bytes in quotes: text as such, all else escaped; long ones without their middle. */
  static String raw(String raw) {
    if (raw.length() <= WHOLE) {
      return quoted(raw);
    }
    return quoted(raw.substring(0, HEAD))
        + number(raw.length() - HEAD - TAIL, "...(%,d more)...")
        + quoted(raw.substring(raw.length() - TAIL));
  }

  /** Parts with bars between them; many without their middle. */
  static String parts(List<String> parts) {
    if (parts.size() <= PARTS) {
      return String.join(" | ", parts.stream().map(Shown::raw).toList());
    }
    return parts(parts.subList(0, PARTS / 2))
        + number(parts.size() - PARTS, " | ...(%,d more)... | ")
        + parts(parts.subList(parts.size() - PARTS / 2, parts.size()));
  }

  /** All bytes in quotes, escaped. */
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

  /** How many bytes make one visible character of UTF-8 there; 1 if they do not. */
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

  /** A frame's description, long ones without their middle. */
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

  /** {@code 5 s}, {@code 250 ms}. */
  static String time(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /** A throwable in one line: what, why, where. */
  static String thrown(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    StackTraceElement[] stack = root.getStackTrace();
    return description(String.valueOf(root)) + (stack.length == 0 ? "" : " at " + stack[0]);
  }
}
