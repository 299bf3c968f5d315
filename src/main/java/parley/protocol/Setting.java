package parley.protocol;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one setting of a protocol: key, type, default and allowed values. Keep it in a
 * constant and read it with {@link Settings#get}, which never returns a value that is not allowed.
 *
 * @param <T> String, Integer, Boolean, Duration or a List of Strings
 */
public final class Setting<T> {

  /** The way the text of a conf file is read. */
  public enum Kind {
    /** Any text. */
    TEXT(String.class),
    /** A list of texts. */
    TEXTS(List.class),
    /** A whole number. */
    INTEGER(Integer.class),
    /** {@code true} or {@code false}. */
    BOOLEAN(Boolean.class),
    /** A size in bytes, such as {@code 64KiB}. */
    BYTES(Integer.class),
    /** A time, such as {@code 10s}. */
    DURATION(Duration.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }
  }

  private final String key;
  private final Kind kind;
  private final T defaultValue;
  private final Function<T, @Nullable String> check;
  private final boolean secret;

  private Setting(
      String key, Kind kind, T defaultValue, Function<T, @Nullable String> check, boolean secret) {
    this.key = key;
    this.kind = kind;
    this.check = check;
    this.secret = secret;
    this.defaultValue = checked(defaultValue);
  }

  /**
   * Returns a setting of text without bound.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @return the setting
   */
  public static Setting<String> text(String key, String defaultValue) {
    return new Setting<>(key, Kind.TEXT, defaultValue, any -> null, false);
  }

  /**
   * Returns a setting of a list of texts without bound.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @return the setting
   */
  public static Setting<List<String>> texts(String key, List<String> defaultValue) {
    return new Setting<>(key, Kind.TEXTS, defaultValue, Setting::notTexts, false);
  }

  private static @Nullable String notTexts(List<?> value) {
    return value.stream().allMatch(String.class::isInstance) ? null : "a list of texts";
  }

  /**
   * Returns a setting of a whole number.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @param least the least value allowed
   * @param most the greatest value allowed
   * @return the setting
   */
  public static Setting<Integer> integer(String key, int defaultValue, int least, int most) {
    return ranged(key, Kind.INTEGER, defaultValue, least, most, Object::toString);
  }

  /**
   * Returns a setting of {@code true} or {@code false}.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @return the setting
   */
  public static Setting<Boolean> flag(String key, boolean defaultValue) {
    return new Setting<>(key, Kind.BOOLEAN, defaultValue, any -> null, false);
  }

  /**
   * Returns a setting of a size in bytes.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @param least the least value allowed
   * @param most the greatest value allowed
   * @return the setting
   */
  public static Setting<Integer> bytes(String key, int defaultValue, int least, int most) {
    return ranged(key, Kind.BYTES, defaultValue, least, most, Setting::size);
  }

  /**
   * Returns a setting of a time.
   *
   * @param key the key under {@code settings}
   * @param defaultValue the default
   * @param least the least value allowed
   * @param most the greatest value allowed
   * @return the setting
   */
  public static Setting<Duration> duration(
      String key, Duration defaultValue, Duration least, Duration most) {
    return ranged(key, Kind.DURATION, defaultValue, least, most, Setting::time);
  }

  private static <C extends Comparable<C>> Setting<C> ranged(
      String key, Kind kind, C byDefault, C least, C most, Function<C, String> shown) {
    String expected = shown.apply(least) + " to " + shown.apply(most);
    Function<C, @Nullable String> check =
        value -> value.compareTo(least) < 0 || value.compareTo(most) > 0 ? expected : null;
    return new Setting<>(key, kind, byDefault, check, false);
  }

  /** Returns a size as conf files write it: 1MiB, 64KiB, 1000. */
  private static String size(int bytes) {
    if (bytes > 0 && bytes % (1 << 20) == 0) {
      return bytes / (1 << 20) + "MiB";
    }
    return bytes > 0 && bytes % 1024 == 0 ? bytes / 1024 + "KiB" : bytes + "";
  }

  /** Returns a time as conf files write it: 24h, 10s, 1500ms. */
  private static String time(Duration time) {
    long millis = time.toMillis();
    if (millis != 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /**
   * Returns a value as conf files write it.
   *
   * @param value a value of any type, or null
   * @return its text; {@code ***} if this setting is secret
   */
  public String shown(@Nullable Object value) {
    if (secret) {
      return "***";
    }
    if (value instanceof Duration duration) {
      return time(duration);
    }
    if (value instanceof Integer number && kind == Kind.BYTES) {
      return size(number);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::shown).toList().toString();
    }
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  /**
   * Returns this setting with one more rule.
   *
   * @param rule returns null if a value is allowed; otherwise the allowed values, such as {@code
   *     one line of text}
   * @return the stricter setting
   */
  public Setting<T> check(Function<T, @Nullable String> rule) {
    Function<T, @Nullable String> both =
        value -> {
          String refusal = check.apply(value);
          return refusal != null ? refusal : rule.apply(value);
        };
    return new Setting<>(key, kind, defaultValue, both, secret);
  }

  /** {@return this setting with a value that is never printed} */
  public Setting<T> secret() {
    return new Setting<>(key, kind, defaultValue, check, true);
  }

  /** {@return the key under {@code settings}} */
  public String key() {
    return key;
  }

  /** {@return the way conf text is read} */
  public Kind kind() {
    return kind;
  }

  /** {@return the value if conf has none} */
  public T defaultValue() {
    return defaultValue;
  }

  /** {@return whether the value is masked where settings are printed} */
  public boolean isSecret() {
    return secret;
  }

  /** Returns a value that {@link #checked} has returned, with its type. */
  @SuppressWarnings("unchecked")
  T cast(Object checked) {
    return (T) checked;
  }

  /**
   * Returns a value as this setting's type.
   *
   * @param value a value of any type
   * @return the same value
   * @throws IllegalArgumentException if it is of another type or not allowed; the message has the
   *     value, unless it is secret, and the allowed values
   */
  public T checked(Object value) {
    if (!kind.type.isInstance(value)) {
      throw refused(value, "of type " + kind.type.getSimpleName());
    }
    String refusal = check.apply(cast(value));
    if (refusal != null) {
      throw refused(value, refusal);
    }
    return cast(value instanceof List<?> list ? List.copyOf(list) : value);
  }

  private IllegalArgumentException refused(Object value, String expected) {
    return new IllegalArgumentException(
        key + ": " + shown(value) + " (expected: " + expected + ")");
  }
}
