package parley.tls;

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
import parley.protocol.Setting;
import parley.protocol.Settings;

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
    } catch (IOException | InvalidPathException e) {
      throw refused(file, "cannot be read: " + why(e), expected);
    }
  }

  /**
   * What tells a changed file: what it holds, as a hash. What is no file, such as a pipe, gives
   * that once only, and may block: it never changes.
   */
  static String mark(Path file) throws IOException, GeneralSecurityException {
    if (!Files.isRegularFile(file)) {
      return "no file";
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(in.readNBytes(MOST + 1));
      return HexFormat.of().formatHex(hash);
    }
  }

  private static String why(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  IllegalArgumentException refused(Setting<String> file, String why, String expected) {
    return new IllegalArgumentException(
        String.format(
            "tls.%s: %s: %s (expected: %s)", file.key(), settings.get(file), why, expected));
  }
}
