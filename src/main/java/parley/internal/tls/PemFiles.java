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

/** The files that a block {@code tls} names; what is wrong with one names the setting and it. */
final class PemFiles {

  /** A certificate is some KB; more bytes are no PEM file. */
  private static final int MOST = 4 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Settings settings;

  PemFiles(Settings settings) {
    this.settings = settings;
  }

  boolean isUnset(Setting<String> file) {
    return settings.get(file).isEmpty();
  }

  /** All of a file, without the byte order mark that some editors put first. */
  String read(Setting<String> file, String expected) {
    try (InputStream in = Files.newInputStream(Path.of(settings.get(file)))) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw refused(file, "too long", "at most " + MOST + " bytes");
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw refused(file, "cannot be read: no such file", expected);
    } catch (AccessDeniedException e) {
      throw refused(file, "cannot be read: permission denied", expected);
    } catch (IOException | InvalidPathException e) {
      throw refused(file, "cannot be read: " + e.getMessage(), expected);
    }
  }

  /** The password of the key; empty if it has none. */
  String password() {
    String password = settings.get(TlsConfig.KEY_PASSWORD);
    Setting<String> file = TlsConfig.KEY_PASSWORD_FILE;
    if (isUnset(file)) {
      return password;
    }
    if (!password.isEmpty()) {
      throw refused(file, "with key-password too", "one of them");
    }
    return read(file, "a file whose first line is the password").lines().findFirst().orElse("");
  }

  /** The password does not open the key. */
  IllegalArgumentException wrongPassword() {
    String why = "does not open " + settings.get(TlsConfig.KEY);
    String expected = "the key's password";
    return isUnset(TlsConfig.KEY_PASSWORD_FILE)
        ? new IllegalArgumentException(
            String.format(
                "tls.%s: it %s (expected: %s)", TlsConfig.KEY_PASSWORD.key(), why, expected))
        : refused(TlsConfig.KEY_PASSWORD_FILE, why, expected);
  }

  /** What tells a changed file, of all that are set. */
  List<String> marks() {
    return TlsConfig.FILES.stream()
        .map(each -> settings.all().getOrDefault(each, "").toString())
        .filter(file -> !file.isEmpty())
        .map(PemFiles::mark)
        .toList();
  }

  /** A hash of what a file holds. A pipe gives that once only, and may block: it never changes. */
  private static String mark(String name) {
    try {
      Path file = Path.of(name);
      if (!Files.isRegularFile(file)) {
        return "no file";
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(in.readNBytes(MOST + 1));
        return HexFormat.of().formatHex(hash);
      }
    } catch (IOException | GeneralSecurityException | InvalidPathException e) {
      return "none";
    }
  }

  IllegalArgumentException refused(Setting<String> file, String why, String expected) {
    return new IllegalArgumentException(
        String.format(
            "tls.%s: %s: %s (expected: %s)", file.key(), settings.get(file), why, expected));
  }
}
