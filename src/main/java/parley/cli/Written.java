package parley.cli;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.stream.Collectors;

/** Formats a value as it was written. The library does not: it shows 1 for 1e0, and 10 for 10.0. */
final class Written {

  private Written() {}

  /** Returns a value on one line, with a text in quotes. */
  static String of(ConfigValue value) {
    if (!value.atKey("value").isResolved()) {
      return value.render(ConfigRenderOptions.concise());
    }
    if (value instanceof ConfigObject block) {
      return block.entrySet().stream()
          .map(each -> ConfigUtil.quoteString(each.getKey()) + ":" + of(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof ConfigList list) {
      return list.stream().map(Written::of).collect(Collectors.joining(",", "[", "]"));
    }
    return value.valueType() == ConfigValueType.NUMBER
        ? text(value)
        : value.render(ConfigRenderOptions.concise());
  }

  /** Returns a text or a number without quotes. */
  static String text(ConfigValue value) {
    return value.atKey("value").getString("value");
  }
}
