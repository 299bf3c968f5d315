package parley.tls;

import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an alert says that is not encrypted (RFC 8446, 6; RFC 5246, 7.2). */
final class Alerts {

  private static final int LENGTH = 7; // header, level, description
  private static final int FATAL = 2;
  private static final int CLOSE_NOTIFY = 0;

  private static final Map<Integer, String> NAMES =
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

  private Alerts() {}

  /** What a record says if it is an alert, not encrypted, that ends a handshake; else null. */
  static @Nullable String end(ByteBuffer record) {
    int at = record.position();
    if (record.remaining() != LENGTH || Records.type(record) != Records.ALERT) {
      return null;
    }
    int description = record.get(at + LENGTH - 1) & 0xFF;
    if (description == CLOSE_NOTIFY) { // of any level (RFC 8446, 6)
      return TlsFault.ENDED;
    }
    if (record.get(at + LENGTH - 2) != FATAL) {
      return null;
    }
    return TlsFault.REFUSED + NAMES.getOrDefault(description, "alert " + description);
  }
}
