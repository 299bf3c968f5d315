package parley.proving;

import java.util.List;
import java.util.Random;

/** Generates invalid bytes from a seed: random ones, and damaged copies of valid ones. */
final class Garbage {

  private static final int SHORT = 64;
  private static final int LONG = 3000;
  private static final String SPECIAL = "\0\1\177\200\377\r\n-+09:; ,\"{}";

  private final Random random;
  private final List<String> good;

  Garbage(Random random, List<String> good) {
    this.random = random;
    this.good = good.stream().filter(raw -> !raw.isEmpty() && raw.length() <= LONG).toList();
  }

  String next() {
    String bytes = random.nextInt(4) == 0 || good.isEmpty() ? noise() : one();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = spoilt(bytes);
    }
    return bytes.isEmpty() ? "\0" : bytes;
  }

  private String noise() {
    byte[] bytes = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? LONG : SHORT)];
    random.nextBytes(bytes);
    return Raw.of(bytes);
  }

  private String one() {
    return good.get(random.nextInt(good.size()));
  }

  private String spoilt(String bytes) {
    int from = random.nextInt(bytes.length() + 1);
    int to = Math.min(bytes.length(), from + random.nextInt(1 + SHORT / 8));
    String before = bytes.substring(0, from);
    String part = bytes.substring(from, to);
    String after = bytes.substring(to);
    return switch (random.nextInt(6)) {
      case 0 -> before + flipped(part) + after;
      case 1 -> before + after;
      case 2 -> before + part + part + after;
      case 3 -> before + special() + bytes.substring(from);
      case 4 -> before + special() + after;
      default -> good.isEmpty() ? before + noise() : before + one() + after;
    };
  }

  private String flipped(String part) {
    byte[] bytes = Raw.bytes(part);
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return Raw.of(bytes);
  }

  /** Returns bytes that have a meaning in many protocols. */
  private String special() {
    char c = SPECIAL.charAt(random.nextInt(SPECIAL.length()));
    return String.valueOf(c).repeat(1 + random.nextInt(4));
  }
}
