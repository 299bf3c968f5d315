package parley.internal.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import parley.proxy.ProxyHeader;

/** Reads a header of either version from the bytes that a connection begins with. */
final class HeaderReader {

  /** Of a proxy that speaks for itself. */
  static final ProxyHeader LOCAL = new ProxyHeader(true, null, null, List.of());

  /** Of a proxy that names no client. */
  static final ProxyHeader OF_THE_PROXY = new ProxyHeader(false, null, null, List.of());

  private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  private HeaderReader() {}

  /**
   * Reads a header, and leaves what is behind it.
   *
   * @param in all that has come so far; its position stays where there is no whole header yet
   * @param most bytes that a header may have
   * @return null if more is to come
   * @throws HeaderException as soon as it can be none
   */
  static @Nullable ProxyHeader read(ByteBuffer in, int most) throws HeaderException {
    if (!in.hasRemaining()) {
      return null;
    }
    if (begins(in, BinaryHeader.SIGNATURE)) {
      return BinaryHeader.read(in, most);
    }
    if (begins(in, TEXT)) {
      return TextHeader.read(in);
    }
    throw new HeaderException("no header");
  }

  private static boolean begins(ByteBuffer in, byte[] with) {
    int count = Math.min(in.remaining(), with.length);
    for (int i = 0; i < count; i++) {
      if (in.get(in.position() + i) != with[i]) {
        return false;
      }
    }
    return true;
  }
}
