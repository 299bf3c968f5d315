package parley.internal.tls;

import java.nio.ByteBuffer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.BadPaddingException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes in a few words why a handshake or a record was refused. */
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

  /** A context for engines without keys, which name an alert. */
  private static final SSLContext ALERTS = HandshakeParameters.bareContext();

  private TlsFault() {}

  /**
   * Returns the reason in a record if it is an unencrypted alert that ends a handshake; otherwise
   * null (RFC 8446, 6; RFC 5246, 7.2).
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
    if (record.get(at + ALERT_LENGTH - 2) != FATAL) {
      return null;
    }
    SSLEngine engine = ALERTS.createSSLEngine();
    engine.setUseClientMode(false);
    try {
      engine.unwrap(record.duplicate(), ByteBuffer.allocate(0));
    } catch (SSLException e) {
      String reason = reason(e);
      if (reason.startsWith(REFUSED)) {
        return reason;
      }
    }
    return REFUSED + "alert " + description;
  }

  /** Returns the reason for a failure, by the peer or by this side. */
  static String reason(Throwable failure) {
    String message = "no reason is known";
    for (Throwable each = failure;
        each != null && each.getCause() != each;
        each = each.getCause()) {
      message = each.getMessage() == null ? message : each.getMessage();
      Matcher serverName = SERVER_NAME.matcher(message);
      if (serverName.matches()) {
        return "the peer requests an invalid server name: " + serverName.group(1);
      }
      if (each instanceof BadPaddingException) {
        return "a record cannot be decrypted";
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
        return "unknown CA: no trusted CA has signed the certificate";
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
