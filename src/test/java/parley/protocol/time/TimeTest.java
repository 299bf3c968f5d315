package parley.protocol.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.codec.FrameException;
import parley.protocol.Settings;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

class TimeTest {

  private static TimeProtocol at(String instant) {
    return new TimeProtocol(Clock.fixed(Instant.parse(instant), ZoneOffset.UTC));
  }

  /**
   * The first three come from the RFC's own table, the next two are the last second and the wrap.
   */
  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z,    2208988800, 83aa7e80",
    "1976-01-01T00:00:00Z,    2398291200, 8ef30500",
    "1983-05-01T00:00:00Z,    2629584000, 9cbc4480",
    "2036-02-07T06:28:15.9Z,  4294967295, ffffffff",
    "2036-02-07T06:28:16Z,    0,          00000000",
    "1900-01-01T00:00:01Z,    1,          00000001"
  })
  void sendsFourBytesAndClosesAndAClientReceivesANumber(String instant, long value, String bytes)
      throws Exception {
    assertThat(value).isEqualTo(Integer.toUnsignedLong((int) Long.parseLong(bytes, 16)));
    BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    try (Server server = Servers.of(at(instant));
        Peer peer = Servers.peer(server)) {
      assertThat(HexFormat.of().formatHex(peer.bytes())).isEqualTo(bytes);
      try (Client<Long, Long> client =
          Client.connect(
              ClientConfig.builder(Servers.endpoint(server), new TimeProtocol())
                  .onUnsolicited(received::add)
                  .build())) {
        assertThat(received.take()).isEqualTo(value);
        assertThat(client.lost().get()).hasMessage("connection closed by the server");
      }
    }
  }

  @Test
  void sendsTheTimeAlsoToAClientThatSendsOrHasEndedItsSide() throws Exception {
    try (Server server = Servers.of(at("2026-11-24T03:51:01Z"));
        Peer sender = Servers.peer(server);
        Peer halfClosed = Servers.peer(server).halfClose()) {
      assertThat(sender.send(new byte[100_000]).bytes()).hasSize(4);
      assertThat(halfClosed.bytes()).hasSize(4);
    }
  }

  @Test
  void theConstantLeadsBackToAnInstant() throws Exception {
    Instant before = Instant.now().minusSeconds(1);
    try (Server server = Servers.of(new TimeProtocol());
        Peer peer = Servers.peer(server)) {
      long value = Integer.toUnsignedLong(ByteBuffer.wrap(peer.bytes()).getInt());
      long cycles = (before.getEpochSecond() + TimeProtocol.SECONDS_1900_TO_1970) >> 32;
      Instant notified =
          Instant.ofEpochSecond((cycles << 32) + value - TimeProtocol.SECONDS_1900_TO_1970);
      assertThat(notified).isBetween(before, Instant.now());
    }
  }

  private final ProtocolCodecFactory codec =
      new TimeProtocol().clientCodec(Settings.defaults(new TimeProtocol()));
  private final IoSession session = new DummySession();
  private final List<Object> frames = new ArrayList<>();
  private final ProtocolDecoderOutput out =
      new ProtocolDecoderOutput() {
        @Override
        public void write(Object frame) {
          frames.add(frame);
        }

        @Override
        public void flush(NextFilter next, IoSession flushed) {}
      };

  @Test
  void decodesByteByByteAndRefusesATimeCutShort() throws Exception {
    IoSession other = new DummySession();
    for (int each : new int[] {0xEE, 0xAF, 0x88, 0x25, 0xFF, 0xFF}) {
      codec.getDecoder(session).decode(session, IoBuffer.wrap(new byte[] {(byte) each}), out);
    }
    codec.getDecoder(other).finishDecode(other, out);
    assertThat(frames).containsExactly(4_004_481_061L);
    assertThatThrownBy(() -> codec.getDecoder(session).finishDecode(session, out))
        .isInstanceOf(FrameException.class)
        .hasMessage("end of stream inside a frame");
    codec.getDecoder(session).decode(session, IoBuffer.wrap(new byte[] {0, 0, 0, 1}), out);
    assertThat(frames).as("nothing survives the error").containsExactly(4_004_481_061L, 1L);
  }

  @Test
  void encodesOnlyValuesThatFitInto32Bits() {
    for (long bad : new long[] {-1, 1L << 32}) {
      assertThatThrownBy(() -> codec.getEncoder(session).encode(session, bad, part -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("time: " + bad + " (expected: 0 to 4294967295)");
    }
    for (Object bad : new Object[] {1, "now"}) { // from a caller without types
      assertThatThrownBy(() -> codec.getEncoder(session).encode(session, bad, part -> {}))
          .isInstanceOf(ClassCastException.class);
    }
  }
}
