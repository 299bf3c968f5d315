package parley.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import parley.internal.loop.PluginContext;

/** The checked values of a protocol's settings or of a listener's limits. Immutable. */
public final class Settings {

  private final Map<Setting<?>, Object> values;

  private Settings(Map<Setting<?>, Object> values) {
    this.values = values;
  }

  /**
   * Returns the defaults of a protocol.
   *
   * @param protocol the protocol
   * @return its settings
   */
  public static Settings defaults(Protocol<?, ?> protocol) {
    return of(protocol, Map.of());
  }

  /**
   * Returns the given values, with the defaults for all other settings.
   *
   * @param protocol the protocol that declares the settings
   * @param byKey the values by key
   * @return the settings
   * @throws IllegalArgumentException if the protocol has no such key, or a value is not allowed
   */
  public static Settings of(Protocol<?, ?> protocol, Map<String, ?> byKey) {
    return PluginContext.around(protocol)
        .call(() -> of(Protocols.describe(protocol), protocol.settings(), byKey));
  }

  /**
   * Returns the given values, with the defaults for all other settings, of any owner.
   *
   * @param owner the owner's name, for error messages
   * @param declared the owner's settings
   * @param byKey the values by key
   * @return the settings
   * @throws IllegalArgumentException if a key is not declared, or a value is not allowed
   */
  public static Settings of(String owner, List<Setting<?>> declared, Map<String, ?> byKey) {
    Map<Setting<?>, Object> values = new LinkedHashMap<>();
    for (Setting<?> setting : declared) {
      Object given = byKey.get(setting.key());
      values.put(setting, given == null ? setting.defaultValue() : setting.checked(given));
    }
    List<String> known = declared.stream().map(Setting::key).toList();
    for (String key : byKey.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            owner + " has no setting " + key + " (expected: " + known + ")");
      }
    }
    return new Settings(values);
  }

  /**
   * Returns the value of a setting.
   *
   * @param <T> the type of the value
   * @param setting the setting
   * @return its value
   * @throws IllegalArgumentException if it was not declared
   */
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalArgumentException(
          "setting "
              + setting.key()
              + " is not declared (expected: "
              + values.keySet().stream().map(Setting::key).toList()
              + ")");
    }
    return setting.cast(value); // checked when it was put in
  }

  /** {@return all settings with their values, in the order of their declaration} */
  public Map<Setting<?>, Object> all() {
    return Collections.unmodifiableMap(values);
  }
}
