package parley.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.BadPaddingException;

/** Says in a few words why a handshake, or a record, was refused. */
final class TlsFault {

  static final String NO_TLS = "no TLS";
  static final String ENDED = "the peer ended the handshake";
  static final String REFUSED = "the peer refused: ";
  static final String NAMES_NO_HOST = "the certificate names no host: ";

  private static final String ALERT = "(?s).*Received fatal alert: ";
  private static final String PREFIX = "^\\([a-z_]+\\) ";
  private static final String CLASS = "([a-z]\\w*\\.)+[A-Z]\\w*(Exception|Error)(: )?";
  private static final Pattern SERVER_NAME =
      Pattern.compile("(?s)Illegal server name, .*name=(.*), value=.*");

  private TlsFault() {}

  /** The reason, of the peer's or this side's making. */
  static String reason(Throwable failure) {
    String message = "no reason is known";
    for (Throwable each = failure;
        each != null && each.getCause() != each;
        each = each.getCause()) {
      message = each.getMessage() == null ? message : each.getMessage();
      if (each instanceof PeersAlertException) {
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
    if (message.matches(ALERT + ".*")) {
      return REFUSED + message.replaceFirst(ALERT, "").replace('_', ' ');
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
