package parley.tls;

import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nl.altindag.ssl.pem.util.PemUtils;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** Reads the key of a block {@code tls}, with its password where it has one. */
final class PemKey {

  /** Of a file that may have other blocks, such as EC PARAMETERS. */
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*(?:-[^-]+)*-----END \\1-----");

  /** PKCS#8, or a header of the older forms. */
  private static final Pattern ENCRYPTED =
      Pattern.compile("BEGIN ENCRYPTED|(?m)^Proc-Type:.*ENCRYPTED");

  private final Settings settings;
  private final PemFiles files;

  PemKey(Settings settings, PemFiles files) {
    this.settings = settings;
    this.files = files;
  }

  /** The private key of this side. */
  PrivateKey read() {
    Matcher block = BLOCK.matcher(files.read(TlsSettings.KEY, "a file in PEM"));
    if (!block.find()) {
      throw noKey("no private key there");
    }
    String text = block.group();
    boolean encrypted = ENCRYPTED.matcher(text).find();
    String password = password();
    if (encrypted && password.isEmpty()) {
      throw files.refused(
          TlsSettings.KEY, "it has a password", "key-password or key-password-file");
    }
    try {
      return encrypted
          ? PemUtils.parsePrivateKey(text, password.toCharArray())
          : PemUtils.parsePrivateKey(text);
    } catch (RuntimeException e) {
      if (encrypted && isOfUnknownEncryption(e)) {
        throw files.refused(
            TlsSettings.KEY,
            "its encryption is not known here",
            "AES or 3DES, as openssl pkcs8 -topk8 -v2 aes-256-cbc writes");
      }
      throw encrypted ? wrongPassword() : noKey("it is spoilt");
    }
  }

  /** What is known does not open to a wrong password: that spoils a padding, or what is in it. */
  private static boolean isOfUnknownEncryption(RuntimeException failure) {
    for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
      if (each instanceof IllegalStateException
          || each instanceof ClassCastException
          || each instanceof NoSuchAlgorithmException
          || String.valueOf(each.getMessage()).contains("unknown encryption")) {
        return true;
      }
    }
    return false;
  }

  private IllegalArgumentException wrongPassword() {
    String why = "does not open " + settings.get(TlsSettings.KEY);
    String expected = "the key's password";
    return files.isUnset(TlsSettings.KEY_PASSWORD_FILE)
        ? new IllegalArgumentException(
            String.format(
                "tls.%s: it %s (expected: %s)", TlsSettings.KEY_PASSWORD.key(), why, expected))
        : files.refused(TlsSettings.KEY_PASSWORD_FILE, why, expected);
  }

  private IllegalArgumentException noKey(String why) {
    return files.refused(TlsSettings.KEY, why, "a private key in PEM: PKCS#8, PKCS#1 or EC");
  }

  private String password() {
    String password = settings.get(TlsSettings.KEY_PASSWORD);
    Setting<String> file = TlsSettings.KEY_PASSWORD_FILE;
    if (files.isUnset(file)) {
      return password;
    }
    if (!password.isEmpty()) {
      throw files.refused(file, "with key-password too", "one of them");
    }
    return files
        .read(file, "a file whose first line is the password")
        .lines()
        .findFirst()
        .orElse("");
  }
}
