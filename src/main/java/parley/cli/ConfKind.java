package parley.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigMemorySize;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;

/**
 * A type of conf values.
 *
 * @param allowed the allowed values, for the error message of any other value
 * @param read reads the value at a path in a Config
 */
record ConfKind<T>(String allowed, BiFunction<Config, String, T> read) {

  static final ConfKind<String> TEXT = new ConfKind<>("a text", Config::getString);

  static final ConfKind<List<String>> TEXTS =
      new ConfKind<>("a list of texts, such as [\"a\", \"b\"]", ConfKind::texts);

  static final ConfKind<Boolean> BOOLEAN = new ConfKind<>("true or false", Config::getBoolean);

  static final ConfKind<Integer> INTEGER = new ConfKind<>("a whole number", ConfKind::integer);

  static final ConfKind<Duration> DURATION =
      new ConfKind<>("a time with a unit, such as 500ms, 10s or 2m", ConfKind::duration);

  static final ConfKind<Integer> BYTES =
      new ConfKind<>("a size, such as 1024 or 64KiB", ConfKind::bytes);

  static final ConfKind<OptionalLong> BYTES_OR_AUTO =
      new ConfKind<>("a size, such as 64MiB, or auto", ConfKind::bytesOrAuto);

  static final ConfKind<Endpoint> ENDPOINT =
      new ConfKind<>(
          "tcp://HOST:PORT or tls://HOST:PORT",
          (conf, path) -> Endpoint.parse(conf.getString(path)));

  /** Returns the kind of a protocol's setting. */
  static ConfKind<?> of(Setting<?> setting) {
    return switch (setting.kind()) {
      case TEXT -> TEXT;
      case TEXTS -> TEXTS;
      case INTEGER -> INTEGER;
      case BOOLEAN -> BOOLEAN;
      case BYTES -> BYTES;
      case DURATION -> DURATION;
    };
  }

  /**
   * Returns a value as this type.
   *
   * @throws IllegalArgumentException if the value is not of this type; the message has the allowed
   *     values
   */
  T of(ConfigValue value) {
    try {
      return read.apply(value.atKey("value"), "value");
    } catch (ConfigException | ArithmeticException | StackOverflowError e) {
      throw new IllegalArgumentException("(expected: " + allowed + ")", e);
    }
  }

  private static Integer integer(Config conf, String path) {
    String text = conf.getString(path);
    if (!text.matches("[+-]?[0-9]+")) {
      throw new ConfigException.BadValue(path, text);
    }
    return clamped(new BigInteger(text));
  }

  /** Clamps to an int: a larger value exceeds every bound too, and the message names the bound. */
  private static Integer clamped(BigInteger value) {
    return value
        .max(BigInteger.valueOf(Integer.MIN_VALUE))
        .min(BigInteger.valueOf(Integer.MAX_VALUE))
        .intValue();
  }

  /** Reads a list. The text of an environment variable is parsed as a list. */
  private static List<String> texts(Config conf, String path) {
    boolean text = conf.getValue(path).valueType() == ConfigValueType.STRING;
    return text
        ? ConfigFactory.parseString("list = " + conf.getString(path), ConfIncludes.refused())
            .getStringList("list")
        : conf.getStringList(path);
  }

  /** Rejects a time without a unit, which would mean milliseconds; nobody means that by "10". */
  private static Duration duration(Config conf, String path) {
    if (conf.getValue(path).valueType() == ConfigValueType.NUMBER
        || conf.getString(path).strip().matches("[0-9.]*")) {
      throw new ConfigException.BadValue(path, "no unit");
    }
    return conf.getDuration(path);
  }

  private static OptionalLong bytesOrAuto(Config conf, String path) {
    return conf.getValue(path).unwrapped().equals("auto")
        ? OptionalLong.empty()
        : OptionalLong.of(size(conf, path).toBytes());
  }

  private static Integer bytes(Config conf, String path) {
    return clamped(size(conf, path).toBytesBigInteger());
  }

  /** Rejects fractions of a byte: they would be cut off, and another value would take effect. */
  private static ConfigMemorySize size(Config conf, String path) {
    String text = conf.getString(path).strip();
    if (text.matches("[+-]?[0-9]*\\.?[0-9]+([eE][+-]?[0-9]{1,3})?")
        && new BigDecimal(text).stripTrailingZeros().scale() > 0) {
      throw new ConfigException.BadValue(path, text);
    }
    return conf.getMemorySize(path);
  }
}
