package parley.internal.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.tls.TlsConfig;

/** The settings of a block {@code tls} and the files that they name. */
final class PemFiles {

  /** The size limit: a certificate has some KB, and a larger file is not a PEM file. */
  private static final int MOST = 4 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Settings settings;

  PemFiles(Settings settings) {
    this.settings = settings;
  }

  <T> T get(Setting<T> setting) {
    return settings.get(setting);
  }

  boolean isUnset(Setting<?> file) {
    return settings.get(file).equals("");
  }

  /** Returns the settings that name a file. */
  List<Setting<?>> named() {
    return settings.all().keySet().stream()
        .filter(each -> TlsConfig.FILES.contains(each) && !isUnset(each))
        .toList();
  }

  /** Returns a file's text, without the byte order mark that some editors put first. */
  String read(Setting<String> file, String expected) {
    String reason;
    try {
      byte[] bytes = bytes(Path.of(get(file)));
      if (bytes.length > MOST) {
        throw refused(file, "too long", "at most " + MOST + " bytes");
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      reason = "no such file";
    } catch (AccessDeniedException e) {
      reason = "permission denied";
    } catch (IOException | InvalidPathException e) {
      reason = e.getMessage();
    }
    throw refused(file, "cannot be read: " + reason, expected);
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST + 1);
    }
  }

  /** Returns the password of the key; empty if it has none. */
  String password() {
    String password = get(TlsConfig.KEY_PASSWORD);
    Setting<String> file = TlsConfig.KEY_PASSWORD_FILE;
    if (isUnset(file)) {
      return password;
    }
    if (!password.isEmpty()) {
      throw refused(file, "with key-password too", "one of them");
    }
    return read(file, "a file whose first line is the password").lines().findFirst().orElse("");
  }

  /** Returns the error for a password that does not open the key. */
  IllegalArgumentException wrongPassword() {
    Setting<String> file = TlsConfig.KEY_PASSWORD_FILE;
    return refused(
        isUnset(file) ? TlsConfig.KEY_PASSWORD : file,
        "does not open " + get(TlsConfig.KEY),
        "the key's password");
  }

  /** Returns a mark for each file, by which changes are detected. */
  List<String> marks() {
    return named().stream().map(each -> mark(get(each).toString())).toList();
  }

  /**
   * Returns a hash of a file's content. A pipe has its content only once, and may block: it never
   * changes.
   */
  private static String mark(String name) {
    try {
      Path file = Path.of(name);
      return Files.isRegularFile(file)
          ? HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(file)))
          : "no file";
    } catch (IOException | GeneralSecurityException | InvalidPathException e) {
      return "none";
    }
  }

  /**
   * Returns the error for a file that a setting names, or for a secret, whose value is not shown.
   */
  IllegalArgumentException refused(Setting<?> setting, String why, String expected) {
    String whose = setting.isSecret() ? "it " : get(setting) + ": ";
    return new IllegalArgumentException(
        "tls." + setting.key() + ": " + whose + why + " (expected: " + expected + ")");
  }
}
