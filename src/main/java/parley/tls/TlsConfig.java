package parley.tls;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Endpoint;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The TLS configuration of a listener or a client. Certificates, keys and trust come from PEM
 * files, or from your own SSLContext. Immutable.
 *
 * <pre>{@code
 * TlsConfig.ofPem().with(TlsConfig.CERTIFICATE, "server.pem").with(TlsConfig.KEY, "server.key");
 * TlsConfig.of(sslContext).with(TlsConfig.CLIENT_AUTH, "need");
 * }</pre>
 *
 * <p>The settings are those of a block {@code tls}; docs/configuration.md has a table of them. PEM
 * files need Bouncy Castle's bcpkix on the class path.
 */
public final class TlsConfig {

  /** A PEM file with this side's certificate first, and then the chain to its CA. */
  public static final Setting<String> CERTIFICATE = Setting.text("certificate", "");

  /** A PEM file with the certificate's private key: PKCS#8, PKCS#1 or EC. */
  public static final Setting<String> KEY = Setting.text("key", "");

  /** The key's password, if it has one. */
  public static final Setting<String> KEY_PASSWORD = Setting.text("key-password", "").secret();

  /** A file whose first line is the key's password. */
  public static final Setting<String> KEY_PASSWORD_FILE = Setting.text("key-password-file", "");

  /** A PEM file with the CAs of clients. */
  public static final Setting<String> CLIENT_CA = Setting.text("client-ca", "");

  /** Whether clients must send a certificate: {@code none}, {@code want} or {@code need}. */
  public static final Setting<String> CLIENT_AUTH =
      Setting.text("client-auth", "none").check(TlsConfig::notClientAuth);

  /** A PEM file with the CAs of servers, instead of the system's. */
  public static final Setting<String> CA = Setting.text("ca", "");

  /**
   * The name that a server's certificate must have, and that SNI sends, instead of the endpoint's
   * host: for an endpoint that is an address or a load balancer.
   */
  public static final Setting<String> SERVER_NAME =
      Setting.text("server-name", "").check(TlsConfig::notHost);

  /** Whether any certificate of any host is accepted: for development only. */
  public static final Setting<Boolean> INSECURE = Setting.flag("insecure", false);

  /** The TLS versions that are enabled. */
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

  /** The time that a client may take for its handshake. */
  public static final Setting<Duration> HANDSHAKE_TIMEOUT =
      Setting.duration(
          "handshake-timeout", Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofHours(24));

  /**
   * Whether the certificate of a server must name the host, or {@link #SERVER_NAME}. It can be
   * switched off only with an SSLContext, whose trust manager must then check the certificate's
   * owner.
   */
  public static final Setting<Boolean> CHECK_HOST = Setting.flag("check-host", true);

  /** The settings of a listener with PEM files. */
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

  /** The settings of a client with PEM files. */
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

  /** The settings whose values are file names. */
  public static final List<Setting<?>> FILES =
      List.of(CERTIFICATE, KEY, KEY_PASSWORD_FILE, CLIENT_CA, CA);

  private static final List<Setting<?>> OF_LISTENER_WITH_CONTEXT =
      List.of(CLIENT_AUTH, PROTOCOLS, CIPHERS, HANDSHAKE_TIMEOUT);

  private static final List<Setting<?>> OF_CLIENT_WITH_CONTEXT =
      List.of(SERVER_NAME, CHECK_HOST, PROTOCOLS, CIPHERS);

  private final @Nullable SSLContext context;
  private final Map<String, Object> byKey;

  private TlsConfig(@Nullable SSLContext context, Map<String, Object> byKey) {
    this.context = context;
    this.byKey = byKey;
  }

  /**
   * {@return a config for PEM files, none of which is set yet; a client trusts the system's CAs}
   */
  public static TlsConfig ofPem() {
    return new TlsConfig(null, Map.of());
  }

  /**
   * Returns a config with your own certificates, keys and trust. No file is read, and no PEM
   * library is needed. Of {@link #OF_LISTENER} it accepts client-auth, protocols, ciphers and
   * handshake-timeout. Of {@link #OF_CLIENT} it accepts server-name, protocols and ciphers, and
   * also {@link #CHECK_HOST}. It rejects all others.
   *
   * @param context a context of the JDK's provider, after its {@code init}
   * @return the config
   */
  public static TlsConfig of(SSLContext context) {
    return new TlsConfig(
        Objects.requireNonNull(context, "context: null (expected: an SSLContext)"), Map.of());
  }

  /**
   * Returns this config with another value of one setting. Whether the setting fits the others is
   * checked when the listener or client is built.
   *
   * @param <T> the type of the value
   * @param setting the setting
   * @param value its value
   * @return the new config
   * @throws IllegalArgumentException if the value is not allowed
   */
  public <T> TlsConfig with(Setting<T> setting, T value) {
    Map<String, Object> next = new LinkedHashMap<>(byKey);
    next.put(setting.key(), setting.checked(value));
    return new TlsConfig(context, next);
  }

  /** {@return your own SSLContext, or null with PEM files} */
  public @Nullable SSLContext context() {
    return context;
  }

  /**
   * Returns the settings of a listener.
   *
   * @param name the listener's name
   * @return the settings
   * @throws IllegalArgumentException if a setting was set that a listener does not have
   */
  public Settings ofListener(String name) {
    return of("listener " + name, OF_LISTENER, OF_LISTENER_WITH_CONTEXT);
  }

  /**
   * Returns the settings of a client.
   *
   * @return the settings
   * @throws IllegalArgumentException if a setting was set that a client does not have
   */
  public Settings ofClient() {
    return of("the client", OF_CLIENT, OF_CLIENT_WITH_CONTEXT);
  }

  private Settings of(String owner, List<Setting<?>> withPem, List<Setting<?>> withContext) {
    return context == null
        ? Settings.of(owner, withPem, byKey)
        : Settings.of(owner + ", with an SSLContext,", withContext, byKey);
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
