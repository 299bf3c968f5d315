package parley.cli;

import java.util.List;
import parley.internal.loop.PluginContext;
import parley.protocol.Protocol;
import parley.protocol.Protocols;
import parley.protocol.Setting;
import parley.tls.TlsConfig;

/** Reads the block of a protocol's own settings, and the blocks of a listener. */
final class SettingsConf {

  /** Receives one value. */
  interface Setter {
    <T> Object set(Setting<T> setting, T value);
  }

  private SettingsConf() {}

  static void read(Conf conf, String block, Protocol<?, ?> protocol, Setter setter) {
    conf.block(block, Protocols.describe(protocol));
    PluginContext.around(protocol)
        .run(
            () -> {
              for (Setting<?> setting : protocol.settings()) {
                read(conf, block, setting, setter);
              }
            });
  }

  /** Reads a listener's block with defaults in reference.conf. */
  static void readBlock(
      Conf conf, String block, String reference, List<Setting<?>> all, Setter setter) {
    conf.block(block, block.substring(block.lastIndexOf('.') + 1));
    for (Setting<?> each : all) {
      readOf(conf, block, reference, each, setter);
    }
  }

  private static <T> void readOf(
      Conf conf, String block, String reference, Setting<T> setting, Setter setter) {
    conf.read(
        block + "." + setting.key(),
        reference + "." + setting.key(),
        ConfKind.of(setting),
        value -> setter.set(setting, setting.checked(value)));
  }

  /** Returns whether the TLS settings made a config invalid, and adds a problem for that key. */
  static boolean isTlsProblem(Conf conf, String prefix, IllegalArgumentException refused) {
    String message = String.valueOf(refused.getMessage());
    if (!message.startsWith("tls.")) {
      return false;
    }
    String key = prefix + message.replaceFirst("[: ].*", "");
    String place = conf.text().place(key);
    boolean isOption = place.startsWith("--") && !place.startsWith("--set ");
    conf.problem(place, prefix + (isOption ? HelloClient.inOptions(message) : message));
    return true;
  }

  /** Reads a block {@code tls} with defaults in reference.conf. */
  static void readTls(
      Conf conf, String block, String reference, List<Setting<?>> all, Setter setter) {
    conf.block(block, "tls");
    for (Setting<?> each : all) {
      readTls(conf, block, reference, each, setter);
    }
  }

  private static <T> void readTls(
      Conf conf, String block, String reference, Setting<T> setting, Setter setter) {
    String key = block + "." + setting.key();
    conf.read(
        key,
        reference + "." + setting.key(),
        ConfKind.of(setting),
        value -> {
          boolean isFile = TlsConfig.FILES.contains(setting) && !value.equals("");
          setter.set(
              setting, setting.checked(isFile ? conf.text().file(key, value.toString()) : value));
        },
        setting.isSecret());
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
