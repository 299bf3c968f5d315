package parley.internal.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.proxy.ProxyHeader;

class HeaderTest {

  private static ProxyHeader read(byte[] bytes) throws ProtocolException {
    return HeaderReader.read(ByteBuffer.wrap(bytes), 4096);
  }

  private static ProxyHeader read(String text) throws ProtocolException {
    return read(text.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n",
        "PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n"
      })
  void aLine(String line) throws Exception {
    for (int cut = 0; cut < line.length(); cut++) {
      assertThat(read(line.substring(0, cut))).isNull();
    }
    ProxyHeader header = read(line + "Ada\n");
    String[] words = line.split(" ");
    assertThat(header.source()).isEqualTo(new InetSocketAddress(words[2], 56324));
    assertThat(header.destination()).isEqualTo(new InetSocketAddress(words[3], 443));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
      })
  void unknownHasNoAddresses(String line) throws Exception {
    assertThat(read(line)).isSameAs(HeaderReader.OF_THE_PROXY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X",
        "PROXX",
        "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443 9\r\n",
        "PROXY TCP4  203.0.113.7 192.0.2.1 56324 443\r\n",
        "PROXY TCP4 203.0.113.256 192.0.2.1 56324 443\r\n",
        "PROXY TCP4 203.0.113.07 192.0.2.1 56324 443\r\n",
        "PROXY TCP4 localhost 192.0.2.1 56324 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 56324 443\r\n",
        "PROXY TCP6 203.0.113.7 192.0.2.1 56324 443\r\n",
        "PROXY TCP6 2001:db8::g 2001:db8::1 56324 443\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 65536 443\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 +1 443\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 0443 443\r\n",
        "PROXY UDP4 203.0.113.7 192.0.2.1 56324 443\r\n",
        "PROXY \r\n"
      })
  void aBadLineIsRefused(String line) {
    assertThatThrownBy(() -> read(line)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aLineThatIsTooLongIsRefusedBeforeItEnds() throws Exception {
    String line = "PROXY UNKNOWN " + "x".repeat(92);
    assertThat(line).hasSize(106);
    assertThat(read(line)).isNull();
    assertThatThrownBy(() -> read(line + "x")).hasMessageContaining("longer than 107 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.7", "2001:db8::7"})
  void binary(String source) throws Exception {
    byte[] header =
        Headers.client(
            source,
            56324,
            Headers.tlv(ProxyHeader.AUTHORITY, "example.org".getBytes(US_ASCII)),
            Headers.tlv(0xEA, new byte[0]),
            Headers.tlv(3, new byte[4]));
    Headers.summed(header);
    for (int cut = 0; cut < header.length; cut++) {
      assertThat(read(java.util.Arrays.copyOf(header, cut))).isNull();
    }
    ProxyHeader read = read(header);
    assertThat(read.source()).isEqualTo(new InetSocketAddress(source, 56324));
    assertThat(read.destination().getPort()).isEqualTo(443);
    assertThat(US_ASCII.decode(read.tlv(ProxyHeader.AUTHORITY)).toString())
        .isEqualTo("example.org");
    assertThat(read.tlv(0xEA).remaining()).isZero();
    assertThat(read.tlv(0x20)).isNull();
    header[20] ^= 1;
    assertThatThrownBy(() -> read(header)).hasMessageContaining("wrong checksum");
  }

  @Test
  void binaryWithoutAClient() throws Exception {
    assertThat(read(Headers.v2(0x20, 0, new byte[0]))).isSameAs(HeaderReader.LOCAL);
    assertThat(read(Headers.v2(0x20, 0x11, new byte[3]))).isSameAs(HeaderReader.LOCAL);
    assertThat(read(Headers.v2(0x21, 0, new byte[50]))).isSameAs(HeaderReader.OF_THE_PROXY);
    assertThat(read(Headers.v2(0x21, 0x31, new byte[216]))).isSameAs(HeaderReader.OF_THE_PROXY);
    assertThat(read(Headers.v2(0x21, 0x12, new byte[12]))).isSameAs(HeaderReader.OF_THE_PROXY);
  }

  @Test
  void badBinaryIsRefused() throws Exception {
    byte[] tooLong = Headers.v2(0x21, 0x11, new byte[4081]);
    assertThatThrownBy(() -> read(java.util.Arrays.copyOf(tooLong, 16)))
        .hasMessageContaining("longer than 4096 bytes");
    assertThatThrownBy(() -> read(Headers.v2(0x11, 0x11, new byte[12])))
        .hasMessageContaining("neither LOCAL nor PROXY");
    assertThatThrownBy(() -> read(Headers.v2(0x22, 0x11, new byte[12])))
        .hasMessageContaining("neither LOCAL nor PROXY");
    assertThatThrownBy(() -> read(Headers.v2(0x21, 0x11, new byte[11])))
        .hasMessageContaining("too short");
    assertThatThrownBy(() -> read(Headers.client("192.0.2.9", 1, new byte[] {1, 0})))
        .hasMessageContaining("a TLV without its length");
    assertThatThrownBy(() -> read(Headers.client("192.0.2.9", 1, new byte[] {1, 0, 9, 1})))
        .hasMessageContaining("a TLV is longer");
    assertThatThrownBy(() -> read(Headers.client("192.0.2.9", 1, Headers.tlv(3, new byte[3]))))
        .hasMessageContaining("an invalid checksum TLV");
    byte[] sum = Headers.tlv(3, new byte[4]);
    assertThatThrownBy(() -> read(Headers.summed(Headers.client("192.0.2.9", 1, sum, sum))))
        .hasMessageContaining("more than one checksum");
  }
}
