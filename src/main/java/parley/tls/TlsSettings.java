package parley.tls;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;

/** Declares what a block {@code tls} may hold; docs/tls.md has them as a table. */
public final class TlsSettings {

  /** How a server treats a client's certificate. */
  enum ClientAuth {
    NONE,
    WANT,
    NEED
  }

  /** A PEM file with this side's certificate, first, and those that lead to its CA. */
  public static final Setting<String> CERTIFICATE = Setting.text("certificate", "");

  /** A PEM file with the certificate's private key: PKCS#8, PKCS#1 or EC. */
  public static final Setting<String> KEY = Setting.text("key", "");

  /** The key's password, if it has one. */
  public static final Setting<String> KEY_PASSWORD = Setting.text("key-password", "").secret();

  /** A file whose first line is the key's password. */
  public static final Setting<String> KEY_PASSWORD_FILE = Setting.text("key-password-file", "");

  /** A PEM file with the CAs of clients. */
  public static final Setting<String> CLIENT_CA = Setting.text("client-ca", "");

  /** Whether clients must show a certificate. */
  public static final Setting<String> CLIENT_AUTH =
      Setting.text("client-auth", "none").check(TlsSettings::notClientAuth);

  /** A PEM file with the CAs of servers, in the place of the system's. */
  public static final Setting<String> CA = Setting.text("ca", "");

  /**
   * The name that a server's certificate must have, and that SNI sends, instead of the endpoint's
   * host: for an endpoint that is an address or a balancer.
   */
  public static final Setting<String> SERVER_NAME =
      Setting.text("server-name", "").check(TlsSettings::notHost);

  /** Whether any server's certificate will do, of any host: for development only. */
  public static final Setting<Boolean> INSECURE = Setting.flag("insecure", false);

  /** The versions that are spoken. */
  public static final Setting<List<String>> PROTOCOLS =
      Setting.texts("protocols", List.of("TLSv1.3", "TLSv1.2"));

  /** The cipher suites, the best first: those with forward secrecy and authenticated encryption. */
  public static final Setting<List<String>> CIPHERS =
      Setting.texts(
          "ciphers",
          List.of(
              "TLS_AES_128_GCM_SHA256",
              "TLS_AES_256_GCM_SHA384",
              "TLS_CHACHA20_POLY1305_SHA256",
              "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
              "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
              "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
              "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
              "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"));

  /** How long a client may take for its handshake. */
  public static final Setting<Duration> HANDSHAKE_TIMEOUT =
      Setting.duration(
          "handshake-timeout", Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofHours(24));

  /** Those of a listener. */
  public static final List<Setting<?>> OF_LISTENER =
      List.of(
          CERTIFICATE,
          KEY,
          KEY_PASSWORD,
          KEY_PASSWORD_FILE,
          CLIENT_CA,
          CLIENT_AUTH,
          PROTOCOLS,
          CIPHERS,
          HANDSHAKE_TIMEOUT);

  /** Those of a client. */
  public static final List<Setting<?>> OF_CLIENT =
      List.of(
          CA,
          SERVER_NAME,
          INSECURE,
          CERTIFICATE,
          KEY,
          KEY_PASSWORD,
          KEY_PASSWORD_FILE,
          PROTOCOLS,
          CIPHERS);

  /** Those that are the names of files. */
  public static final List<Setting<?>> FILES =
      List.of(CERTIFICATE, KEY, KEY_PASSWORD_FILE, CLIENT_CA, CA);

  private TlsSettings() {}

  static ClientAuth clientAuth(String text) {
    return ClientAuth.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private static @Nullable String notHost(String text) {
    try {
      var unused = text.isEmpty() ? null : new Endpoint("tls", text, 1);
      return null;
    } catch (IllegalArgumentException notAHost) {
      return "a name, an IPv4 or an IPv6 address";
    }
  }

  private static @Nullable String notClientAuth(String text) {
    return List.of("none", "want", "need").contains(text) ? null : "none, want or need";
  }
}
