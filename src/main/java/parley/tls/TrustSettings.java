package parley.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Reads what a certificate is trusted for, as {@code openssl x509 -addtrust -addreject} writes it
 * behind the certificate of a block TRUSTED CERTIFICATE:
 *
 * <pre>
 * SEQUENCE { SEQUENCE OF use OPTIONAL, [0] SEQUENCE OF rejected use OPTIONAL, alias and others }
 * </pre>
 */
final class TrustSettings {

  private static final int SEQUENCE = 0x30;
  private static final int REJECTED = 0xA0;

  /** 2.5.29.37.0, anyExtendedKeyUsage. */
  private static final String ANY_USE = "551d2500";

  private TrustSettings() {}

  /**
   * Whether a block of PEM leaves its certificate trusted for a use, as it does where it says
   * nothing of uses.
   *
   * @param block a block whose certificate was read
   * @param use an extended key usage (RFC 5280, 4.2.1.12) as DER has it, in hexadecimal digits
   */
  static boolean allow(String block, String use) {
    String text = block.replaceAll("-----[A-Z0-9 ]+-----", "");
    ByteBuffer in = ByteBuffer.wrap(Base64.getMimeDecoder().decode(text));
    try {
      value(in); // the certificate
      if (!in.hasRemaining()) {
        return true;
      }
      ByteBuffer settings = value(in);
      boolean allowed = true;
      while (settings.hasRemaining()) {
        int tag = settings.get(settings.position()) & 0xFF;
        ByteBuffer inner = value(settings);
        if (tag == SEQUENCE) {
          allowed = isAmong(inner, use);
        } else if (tag == REJECTED && isAmong(inner, use)) {
          return false;
        }
      }
      return allowed;
    } catch (BufferUnderflowException | IllegalArgumentException spoilt) {
      return false;
    }
  }

  private static boolean isAmong(ByteBuffer uses, String use) {
    Set<String> all = new HashSet<>();
    while (uses.hasRemaining()) {
      ByteBuffer each = value(uses);
      byte[] bytes = new byte[each.remaining()];
      each.get(bytes);
      all.add(HexFormat.of().formatHex(bytes));
    }
    return all.contains(use) || all.contains(ANY_USE);
  }

  /** The value behind the next tag and length (X.690, 8.1). */
  private static ByteBuffer value(ByteBuffer in) {
    in.get(); // the tag
    int length = in.get() & 0xFF;
    if (length > 0x80) {
      int bytes = length - 0x80;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = (length << 8) | (in.get() & 0xFF);
      }
    }
    ByteBuffer value = in.duplicate().limit(in.position() + length); // or refused, if there is less
    in.position(value.limit());
    return value;
  }
}
