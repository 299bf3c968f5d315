package parley.internal.tls;

import java.nio.ByteBuffer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.BadPaddingException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why a handshake, or a record, was refused. */
final class TlsFault {

  static final String NO_TLS = "no TLS";
  static final String ENDED = "the peer ended the handshake";
  static final String REFUSED = "the peer refused: ";
  static final String NAMES_NO_HOST = "the certificate names no host: ";

  private static final String FATAL_ALERT = "(?s).*Received fatal alert: ";
  private static final String PREFIX = "^\\([a-z_]+\\) ";
  private static final String CLASS = "([a-z]\\w*\\.)+[A-Z]\\w*(Exception|Error)(: )?";
  private static final Pattern SERVER_NAME =
      Pattern.compile("(?s)Illegal server name, .*name=(.*), value=.*");

  private static final int ALERT_LENGTH = 7; // header, level, description
  private static final int FATAL = 2;
  private static final int CLOSE_NOTIFY = 0;

  private static final Map<Integer, String> ALERTS =
      Map.ofEntries(
          Map.entry(10, "unexpected message"),
          Map.entry(20, "bad record mac"),
          Map.entry(22, "record overflow"),
          Map.entry(40, "handshake failure"),
          Map.entry(42, "bad certificate"),
          Map.entry(43, "unsupported certificate"),
          Map.entry(44, "certificate revoked"),
          Map.entry(45, "certificate expired"),
          Map.entry(46, "certificate unknown"),
          Map.entry(47, "illegal parameter"),
          Map.entry(48, "unknown ca"),
          Map.entry(49, "access denied"),
          Map.entry(50, "decode error"),
          Map.entry(51, "decrypt error"),
          Map.entry(70, "protocol version"),
          Map.entry(71, "insufficient security"),
          Map.entry(80, "internal error"),
          Map.entry(86, "inappropriate fallback"),
          Map.entry(109, "missing extension"),
          Map.entry(110, "unsupported extension"),
          Map.entry(112, "unrecognized name"),
          Map.entry(113, "bad certificate status response"),
          Map.entry(115, "unknown psk identity"),
          Map.entry(116, "certificate required"),
          Map.entry(120, "no application protocol"));

  private TlsFault() {}

  /**
   * The reason that a record has if it is an alert, not encrypted, that ends a handshake; else null
   * (RFC 8446, 6; RFC 5246, 7.2).
   */
  static @Nullable String ofAlert(ByteBuffer record) {
    int at = record.position();
    if (record.remaining() != ALERT_LENGTH || Records.type(record) != Records.ALERT) {
      return null;
    }
    int description = record.get(at + ALERT_LENGTH - 1) & 0xFF;
    if (description == CLOSE_NOTIFY) { // of any level (RFC 8446, 6)
      return ENDED;
    }
    return record.get(at + ALERT_LENGTH - 2) == FATAL
        ? REFUSED + ALERTS.getOrDefault(description, "alert " + description)
        : null;
  }

  /** The reason, of the peer's or this side's making. */
  static String reason(Throwable failure) {
    String message = "no reason is known";
    for (Throwable each = failure;
        each != null && each.getCause() != each;
        each = each.getCause()) {
      message = each.getMessage() == null ? message : each.getMessage();
      if (RefusedException.is(each, RefusedException.Cause.PEERS_ALERT)) {
        return message;
      }
      Matcher serverName = SERVER_NAME.matcher(message);
      if (serverName.matches()) {
        return "the peer asks for a server name that is none: " + serverName.group(1);
      }
      if (each instanceof BadPaddingException) {
        return "a record that does not decrypt";
      }
      if (each instanceof CertificateExpiredException) {
        return "the certificate has expired (" + each.getMessage() + ")";
      }
      if (each instanceof CertificateNotYetValidException) {
        return "the certificate is not valid yet (" + each.getMessage() + ")";
      }
      if (each instanceof CertPathBuilderException
          || (each instanceof CertPathValidatorException path
              && path.getReason() == PKIXReason.NO_TRUST_ANCHOR)) {
        return "unknown CA: nobody who is trusted has signed the certificate";
      }
    }
    return ofMessage(message);
  }

  private static String ofMessage(String message) {
    if (message.startsWith(NAMES_NO_HOST)) {
      return message;
    }
    if (message.startsWith("No name matching")
        || message.startsWith("No subject alternative")
        || message.startsWith("Illegal given domain name")
        || message.contains("subject alternative DNS name matching")
        || message.contains("subject alternative names matching")) {
      return "wrong host: " + message;
    }
    if (message.matches(FATAL_ALERT + ".*")) {
      return REFUSED + message.replaceFirst(FATAL_ALERT, "").replace('_', ' ');
    }
    if (message.contains("nrecognized SSL message")) {
      return NO_TLS;
    }
    if (message.contains("close_notify during handshake")) {
      return ENDED;
    }
    return message.replaceFirst(PREFIX, "").replaceAll(CLASS, "");
  }
}
