package parley.cli;

import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Setting;

/** Reads the block of a protocol's own settings. */
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

  private static <T> void read(Conf conf, String block, Setting<T> setting, Setter setter) {
    conf.readOr(
        block + "." + setting.key(),
        setting.defaultValue(),
        ConfKind.of(setting),
        value -> setter.set(setting, setting.checked(value)),
        setting.isSecret());
  }
}
