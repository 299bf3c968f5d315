package parley.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import parley.internal.loop.PluginContext;

/** Holds the values of settings, a protocol's or a listener's limits, each checked. Immutable. */
public final class Settings {

  private final Map<Setting<?>, Object> values;

  private Settings(Map<Setting<?>, Object> values) {
    this.values = values;
  }

  /** The defaults of a protocol. */
  public static Settings defaults(Protocol<?, ?> protocol) {
    return of(protocol, Map.of());
  }

  /**
   * Values by key, defaults for the rest.
   *
   * @throws IllegalArgumentException if the protocol has no such key, or a value is not allowed
   */
  public static Settings of(Protocol<?, ?> protocol, Map<String, ?> byKey) {
    return PluginContext.around(protocol)
        .call(() -> of(Protocols.describe(protocol), protocol.settings(), byKey));
  }

  /**
   * As {@link #of(Protocol, Map)}, of another owner.
   *
   * @param owner its name, for the message
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
   * The value of a setting.
   *
   * @throws IllegalArgumentException if it was not declared
   */
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalArgumentException("setting " + setting.key() + " is not declared");
    }
    return setting.cast(value); // checked when it came here
  }

  /** All of them, in the order of their declaration. */
  public Map<Setting<?>, Object> all() {
    return Collections.unmodifiableMap(values);
  }
}
