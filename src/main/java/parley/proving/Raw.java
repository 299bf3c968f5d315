package parley.proving;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes as an ISO-8859-1 String, one char per byte. The kit stores bytes this way because a String
 * is immutable and easy to cut, compare and search.
 */
final class Raw {

  private Raw() {}

  /** Converts a String, as UTF-8, or a byte array. */
  static String of(Object data) {
    if (data instanceof String text) {
      return of(text.getBytes(StandardCharsets.UTF_8));
    }
    if (data instanceof byte[] bytes) {
      return of(bytes);
    }
    throw new IllegalArgumentException(
        "data: " + data.getClass().getName() + " (expected: String or byte[])");
  }

  static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String raw) {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the parts between the cuts; none is empty. */
  static List<String> parts(String raw, List<Integer> cuts) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int cut : cuts) {
      if (cut > from && cut < raw.length()) {
        parts.add(raw.substring(from, cut));
        from = cut;
      }
    }
    if (from < raw.length()) {
      parts.add(raw.substring(from));
    }
    return parts;
  }
}
