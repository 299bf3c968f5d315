package parley.tls;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import javax.crypto.BadPaddingException;

/** Says in a few words why a handshake, or a record, was refused. */
final class TlsFault {

  static final String NO_TLS = "no TLS";
  static final String NAMES_NO_HOST = "the certificate names no host: ";

  private static final String ALERT = "(?s).*Received fatal alert: ";
  private static final String PREFIX = "^\\([a-z_]+\\) ";

  private TlsFault() {}

  /** The reason, of the peer's or this side's making. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    for (Throwable each = failure;
        each != null && each.getCause() != each;
        each = each.getCause()) {
      root = each;
      if (each instanceof PeersAlertException) {
        return "the peer refused: " + each.getMessage();
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
    return ofMessage(String.valueOf(root.getMessage()), root);
  }

  private static String ofMessage(String message, Throwable root) {
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
      return "the peer refused: " + message.replaceFirst(ALERT, "").replace('_', ' ');
    }
    if (message.contains("nrecognized SSL message")) {
      return NO_TLS;
    }
    return root instanceof IOException ? message.replaceFirst(PREFIX, "") : root.toString();
  }
}
