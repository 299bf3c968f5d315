package parley.cli;

import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Setting;
import parley.server.Limits;

/** Reads the block of a protocol's own settings, and that of a listener's limits. */
final class SettingsConf {

  /** Takes one value. */
  interface Setter {
    <T> Object set(Setting<T> setting, T value);
  }

  private SettingsConf() {}

  static void read(Conf conf, String block, Protocol protocol, Setter setter) {
    conf.block(block, Protocols.describe(protocol));
    for (Setting<?> setting : protocol.settings()) {
      read(conf, block, setting, setter);
    }
  }

  /** Reads a listener's limits, whose defaults are in reference.conf. */
  static void readLimits(Conf conf, String block, Setter setter) {
    conf.block(block, "limits");
    for (Setting<?> limit : Limits.ALL) {
      readLimit(conf, block, limit, setter);
    }
  }

  private static <T> void readLimit(Conf conf, String block, Setting<T> limit, Setter setter) {
    conf.read(
        block + "." + limit.key(),
        "listener.limits." + limit.key(),
        ConfKind.of(limit),
        value -> setter.set(limit, limit.checked(value)));
  }

  private static <T> void read(Conf conf, String block, Setting<T> setting, Setter setter) {
    conf.readOr(
        block + "." + setting.key(),
        setting.defaultValue(),
        ConfKind.of(setting),
        value -> setter.set(setting, setting.checked(value)),
        setting.isSecret());
  }
}
