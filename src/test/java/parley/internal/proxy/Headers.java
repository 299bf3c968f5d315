package parley.internal.proxy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32C;
import parley.fuzz.FuzzTarget;
import parley.proxy.ProxyHeader;

/**
 * Builds headers of version 2 by the specification, and feeds any bytes to the parser of headers.
 */
public final class Headers {

  private static final int LONG = 4096;

  private Headers() {}

  static byte[] v2(int command, int family, byte[] rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .put(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10})
        .put((byte) command)
        .put((byte) family)
        .putShort((short) rest.length)
        .put(rest)
        .array();
  }

  /** Builds the header of a client, with complete TLVs. */
  static byte[] client(String source, int port, byte[]... tlvs) throws Exception {
    byte[] from = InetAddress.getByName(source).getAddress();
    byte[] to = InetAddress.getByName(from.length == 4 ? "192.0.2.1" : "2001:db8::1").getAddress();
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.write(from);
    rest.write(to);
    rest.write(new byte[] {(byte) (port >> 8), (byte) port, 1, (byte) 0xBB});
    for (byte[] tlv : tlvs) {
      rest.write(tlv);
    }
    return v2(0x21, from.length == 4 ? 0x11 : 0x21, rest.toByteArray());
  }

  static byte[] tlv(int type, byte[] value) {
    return ByteBuffer.allocate(3 + value.length)
        .put((byte) type)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  /** Fills in the checksum, which is the header's last TLV. */
  static byte[] summed(byte[] header) {
    CRC32C sum = new CRC32C();
    sum.update(header);
    ByteBuffer.wrap(header).putInt(header.length - 4, (int) sum.getValue());
    return header;
  }

  /**
   * Checks that the result is a header, a refusal or a wait for more, wherever the input is cut.
   */
  public static Map<String, FuzzTarget> targets() {
    return Map.of(
        "proxy-header",
        input -> {
          String whole = read(ByteBuffer.wrap(input));
          for (int cut = 0; cut < input.length; cut++) {
            String part = read(ByteBuffer.wrap(input, 0, cut));
            if (!part.equals("more") && !part.equals(whole)) {
              throw new AssertionError("cut at " + cut + ": " + part + ", whole: " + whole);
            }
          }
        });
  }

  private static String read(ByteBuffer in) {
    int before = in.position();
    try {
      ProxyHeader header = HeaderReader.read(in, LONG);
      if (header == null && in.position() != before) {
        throw new AssertionError("took bytes of a header that is not whole");
      }
      return header == null ? "more" : header + " " + in.position();
    } catch (ProtocolException e) {
      return "refused";
    }
  }
}
