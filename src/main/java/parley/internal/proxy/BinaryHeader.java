package parley.internal.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import parley.proxy.ProxyHeader;
import parley.proxy.ProxyHeader.Tlv;

/**
 * Version 2 of the header: a signature, command, family and length, two addresses, and TLVs (2.2).
 */
final class BinaryHeader {

  static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  private static final int FIXED = SIGNATURE.length + 4;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int CRC = 0x03;

  /**
   * Families without an address to use: UNSPEC, UDP and Unix sockets. Unknown ones must be refused.
   */
  private static final Set<Integer> OTHERS = Set.of(0x00, 0x12, 0x22, 0x31, 0x32);

  private BinaryHeader() {}

  static @Nullable ProxyHeader read(ByteBuffer in, int most) throws ProtocolException {
    ByteBuffer all = in.slice();
    if (all.limit() < FIXED) {
      return null;
    }
    int command = all.get(SIGNATURE.length) & 0xFF;
    if (command != LOCAL && command != PROXY) {
      throw new ProtocolException("version 2: neither LOCAL nor PROXY of version 2");
    }
    int length = FIXED + (all.getShort(FIXED - 2) & 0xFFFF);
    if (length > most) {
      throw new ProtocolException("version 2: longer than " + most + " bytes");
    }
    if (all.limit() < length) {
      return null;
    }
    in.position(in.position() + length);
    return command == LOCAL ? HeaderReader.LOCAL : of(all.limit(length));
  }

  private static ProxyHeader of(ByteBuffer all) throws ProtocolException {
    int family = all.get(SIGNATURE.length + 1) & 0xFF;
    if (OTHERS.contains(family)) {
      return HeaderReader.OF_THE_PROXY;
    }
    if (family != TCP4 && family != TCP6) {
      throw new ProtocolException("version 2: unknown family or transport");
    }
    ByteBuffer rest = all.duplicate().position(FIXED);
    int bytes = family == TCP4 ? 4 : 16;
    if (rest.remaining() < 2 * bytes + 4) {
      throw new ProtocolException("version 2: too short for its addresses");
    }
    InetAddress source = address(rest, bytes);
    InetAddress destination = address(rest, bytes);
    return new ProxyHeader(
        false,
        new InetSocketAddress(source, rest.getShort() & 0xFFFF),
        new InetSocketAddress(destination, rest.getShort() & 0xFFFF),
        tlvs(all, rest));
  }

  private static InetAddress address(ByteBuffer from, int bytes) {
    byte[] address = new byte[bytes];
    from.get(address);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for other lengths
    }
  }

  private static List<Tlv> tlvs(ByteBuffer all, ByteBuffer rest) throws ProtocolException {
    List<Tlv> tlvs = new ArrayList<>();
    int sumAt = 0;
    while (rest.hasRemaining()) {
      if (rest.remaining() < 3) {
        throw new ProtocolException("version 2: a TLV without its length");
      }
      int type = rest.get() & 0xFF;
      int length = rest.getShort() & 0xFFFF;
      if (length > rest.remaining()) {
        throw new ProtocolException("version 2: a TLV is longer than the remaining bytes");
      }
      if (type == CRC) {
        if (sumAt > 0) { // each costs a pass over all bytes
          throw new ProtocolException("version 2: more than one checksum");
        }
        if (length != Integer.BYTES) {
          throw new ProtocolException("version 2: an invalid checksum TLV");
        }
        sumAt = rest.position();
      }
      byte[] value = new byte[length];
      rest.get(value);
      tlvs.add(new Tlv(type, ByteBuffer.wrap(value).asReadOnlyBuffer()));
    }
    if (sumAt > 0 && sum(all, sumAt) != all.getInt(sumAt)) {
      throw new ProtocolException("version 2: wrong checksum");
    }
    return tlvs;
  }

  /** Returns the sum over the header, with zeros instead of the sum itself (2.2.4). */
  private static int sum(ByteBuffer all, int at) {
    CRC32C sum = new CRC32C();
    sum.update(all.slice(0, at));
    sum.update(new byte[Integer.BYTES]);
    sum.update(all.duplicate().position(at + Integer.BYTES));
    return (int) sum.getValue();
  }
}
