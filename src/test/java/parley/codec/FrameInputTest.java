package parley.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.codec.Decoding.bytes;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A read beyond the input waits for more; a read beyond a part of a frame never does. */
class FrameInputTest {

  /** Reads a frame, or a number in one. */
  private interface Reading {
    Object read(Decoder decoder, IoBuffer in) throws Exception;
  }

  private static final class Decoder extends FrameDecoder<Object> {

    private final Reading reading;

    Decoder(Reading reading) {
      super(64);
      this.reading = reading;
    }

    @Override
    protected Object readFrame(IoBuffer in) throws FrameException {
      try {
        return reading.read(this, in);
      } catch (FrameException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Codec<Object, Object> codec(Reading reading) {
    return new FrameCodecFactory<>(() -> new Decoder(reading), (Object frame, IoBuffer out) -> {});
  }

  /** All ways to read from the input: each of them takes these bytes, the same number each time. */
  static Stream<Arguments> ofTheInput() {
    Map<String, Reading> all =
        Map.ofEntries(
            Map.entry("get", (decoder, in) -> "" + in.get() + in.get()),
            Map.entry("array", (decoder, in) -> in.get(new byte[5]) == null),
            Map.entry("part of an array", (decoder, in) -> in.get(new byte[9], 2, 5) == null),
            Map.entry("unsigned", (decoder, in) -> in.getUnsigned() + in.getUnsigned()),
            Map.entry("char", (decoder, in) -> in.getChar()),
            Map.entry("short", (decoder, in) -> in.getShort()),
            Map.entry("unsigned short", (decoder, in) -> in.getUnsignedShort()),
            Map.entry("medium", (decoder, in) -> in.getMediumInt()),
            Map.entry("unsigned medium", (decoder, in) -> in.getUnsignedMediumInt()),
            Map.entry("int", (decoder, in) -> in.getInt()),
            Map.entry("unsigned int", (decoder, in) -> in.getUnsignedInt()),
            Map.entry("long", (decoder, in) -> in.getLong()),
            Map.entry("float", (decoder, in) -> in.getFloat()),
            Map.entry("double", (decoder, in) -> in.getDouble()),
            Map.entry("enum", (decoder, in) -> "" + in.get() + in.getEnum(TimeUnit.class)),
            Map.entry("short enum", (decoder, in) -> in.getEnumShort(TimeUnit.class)),
            Map.entry("int enum", (decoder, in) -> in.getEnumInt(TimeUnit.class)),
            Map.entry("enums", (decoder, in) -> "" + in.get() + in.getEnumSet(TimeUnit.class)),
            Map.entry("short enums", (decoder, in) -> in.getEnumSetShort(TimeUnit.class)),
            Map.entry("int enums", (decoder, in) -> in.getEnumSetInt(TimeUnit.class)),
            Map.entry("long enums", (decoder, in) -> in.getEnumSetLong(TimeUnit.class)),
            Map.entry("string", (decoder, in) -> in.getString(5, ISO_8859_1.newDecoder())),
            Map.entry(
                "prefixed string", (decoder, in) -> in.getPrefixedString(ISO_8859_1.newDecoder())),
            Map.entry("slice of a length", (decoder, in) -> in.getSlice(5).getInt()),
            Map.entry("skip", (decoder, in) -> in.skip(4).get()),
            Map.entry("duplicate", (decoder, in) -> in.duplicate().getInt() + in.getInt()),
            Map.entry("slice", (decoder, in) -> in.slice().getInt() + in.getInt()),
            Map.entry(
                "slice of a duplicate",
                (decoder, in) -> in.get() + in.duplicate().slice().getInt() + in.getInt()),
            Map.entry("read-only", (decoder, in) -> in.asReadOnlyBuffer().getInt() + in.getInt()),
            Map.entry("position", (decoder, in) -> in.position(in.position() + 4).get()),
            Map.entry("limit", (decoder, in) -> inLimit(in, 5, () -> "" + in.remaining())),
            Map.entry(
                "slice with a limit",
                (decoder, in) -> in.skip(in.slice().limit(5).limit()) == null),
            Map.entry(
                "duplicate with a limit",
                (decoder, in) -> {
                  IoBuffer part = in.duplicate().limit(in.position() + 5);
                  return in.skip(part.remaining()) == part;
                }),
            Map.entry(
                "limit in a limit, and behind both",
                (decoder, in) ->
                    inLimit(in, 3, () -> inLimit(in, 1, in::get) + "," + in.getShort())
                        + in.getShort()),
            Map.entry(
                "limits that end at one place, and behind them",
                (decoder, in) ->
                    inLimit(in, 3, () -> in.get() + inLimit(in, 2, in::getShort)) + in.get()),
            Map.entry("readBytes", (decoder, in) -> FrameDecoder.readBytes(in, 5).length),
            Map.entry(
                "require",
                (decoder, in) -> {
                  decoder.require(in, 5);
                  return in.get(new byte[5]) == null;
                }),
            Map.entry(
                "skip by the decoder",
                (decoder, in) -> {
                  decoder.skip(in, 5);
                  return "skipped";
                }));
    return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  /** Reads a part as authors of MINA decoders do. */
  private static String inLimit(IoBuffer in, int length, Supplier<Object> reading) {
    int before = in.limit();
    in.limit(in.position() + length);
    try {
      String read = "" + reading.get();
      in.position(in.limit());
      return read;
    } finally {
      in.limit(before);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofTheInput")
  void aReadBeyondTheInputWaits(String name, Reading reading) throws Exception {
    byte[] stream = bytes(0, 0, 0, 3, 0, 0, 0, 1);
    Decoding whole = new Decoding(codec(reading));
    whole.decode(stream);
    assertThat(whole.frames).isNotEmpty();
    for (int first = 0; first <= stream.length; first++) {
      for (int second = first; second <= stream.length; second++) {
        Decoding decoding = new Decoding(codec(reading));
        decoding.decode(Arrays.copyOfRange(stream, 0, first));
        decoding.decode(Arrays.copyOfRange(stream, first, second));
        decoding.decode(Arrays.copyOfRange(stream, second, stream.length));
        assertThat(decoding.frames).as("%d, %d", first, second).isEqualTo(whole.frames);
      }
    }
  }

  /** A byte with the length of a part, then the part, in which a byte gives a false length. */
  static Stream<Arguments> ofParts() {
    Map<String, Reading> all =
        Map.of(
            "bytes",
            (decoder, in) -> number(ByteBuffer.wrap(FrameDecoder.readBytes(in, in.get()))),
            "a buffer of MINA's",
            (decoder, in) -> number(IoBuffer.wrap(FrameDecoder.readBytes(in, in.get()))),
            "bytes of a buffer",
            (decoder, in) -> {
              IoBuffer part = IoBuffer.wrap(FrameDecoder.readBytes(in, in.get()));
              return FrameDecoder.readBytes(part, part.get()).length;
            },
            "a line of a part",
            (decoder, in) -> decoder.readLine(in.getSlice(in.get())),
            "a slice of a length",
            (decoder, in) -> number(in.getSlice(in.get())),
            "a slice with a limit",
            (decoder, in) -> {
              int length = in.get();
              decoder.require(in, length);
              Object number = number(in.slice().limit(length));
              in.skip(length);
              return number;
            },
            "the input with a limit",
            (decoder, in) -> {
              int length = in.get();
              decoder.require(in, length);
              in.limit(in.position() + length);
              return number(in);
            },
            "the input with a limit, behind a part in it",
            (decoder, in) -> {
              int length = in.get();
              decoder.require(in, length);
              return inLimit(in, length, () -> inLimit(in, 0, in::remaining) + number(in));
            },
            "a slice of the input with a limit",
            (decoder, in) -> {
              int length = in.get();
              decoder.require(in, length);
              return inLimit(in, length, () -> number(in.slice()));
            });
    return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  private static Object number(IoBuffer part) {
    part.skip(1);
    return part.getShort();
  }

  private static Object number(ByteBuffer part) {
    part.get();
    return part.getShort();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofParts")
  void aReadBeyondAPartIsAFaultOfTheDecoder(String name, Reading reading) throws Exception {
    for (byte[] behind : List.of(bytes(), bytes(3), bytes(3, 2, 0, '\n', 3, 2, 0, '\n'))) {
      Decoding decoding = new Decoding(codec(reading));
      decoding.decode(bytes(3, 2, 7, '\n'));
      assertThat(decoding.frames).hasSize(1);
      assertThatThrownBy(() -> decoding.decode(join(bytes(1, 2), behind)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(
              Decoder.class.getName() + " read past the end of a part of its frame (expected: ")
          .hasCauseInstanceOf(BufferUnderflowException.class);
      assertThat(decoding.frames).hasSize(1);
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /** The inner part begins with a byte that has its length. */
  @Test
  void aLimitBeyondItsPartIsAFaultOfTheDecoder() throws Exception {
    Reading nested =
        (decoder, in) -> {
          int length = in.get();
          decoder.require(in, length);
          return inLimit(in, length, () -> inLimit(in, in.get(), () -> "" + in.remaining()));
        };
    for (byte[] behind : List.of(bytes(), bytes(2, 1, 7, 2, 1, 7))) {
      for (int lie : List.of(2, 3, -1, 127)) {
        Decoding decoding = new Decoding(codec(nested));
        decoding.decode(bytes(2, 1, 7, 2));
        assertThat(decoding.frames).containsExactly("1");
        assertThatThrownBy(() -> decoding.decode(join(bytes(lie, 7), behind)))
            .as("%d", lie)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("limit: %d (expected: 2 to 3, or an earlier limit)", 2 + lie);
        assertThat(decoding.frames).containsExactly("1");
      }
    }
  }

  @Test
  void aLimitThatIsLeftSwallowsNothing() throws Exception {
    Reading limiting =
        (decoder, in) -> {
          int length = in.get();
          decoder.require(in, length);
          in.limit(in.position() + length);
          byte[] part = new byte[in.remaining()];
          in.get(part);
          return (int) part[0];
        };
    byte[] stream = bytes(1, 5, 2, 6, 0, 1, 7);
    for (int cut = 0; cut <= stream.length; cut++) {
      assertThat(Decoding.cut(codec(limiting), stream, cut, cut)).containsExactly(5, 6, 7);
    }
  }

  @Test
  void aDecoderThatMovesBackIsAtFault() {
    Decoding decoding =
        new Decoding(codec((decoder, in) -> in.get() == 9 ? in.position(0) : "frame"));
    assertThatThrownBy(() -> decoding.decode(bytes(1, 2, 9, 9)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(Decoder.class.getName());
  }

  /** A length that the peer announces is checked before the decoder waits for anything. */
  @Test
  void anImpossibleLengthIsRefusedAtOnce() throws Exception {
    Codec<Object, Object> codec =
        codec(
            (decoder, in) -> {
              int length = in.getInt();
              decoder.require(in, length);
              IoBuffer part = in.getSlice(length);
              decoder.require(part, part.get());
              return length;
            });
    assertThatThrownBy(() -> new Decoding(codec).decode(bytes(0xFF, 0xFF, 0xFF, 0xFF)))
        .isInstanceOf(FrameException.class)
        .hasMessage("length: -1 (expected: >= 0)");
    assertThatThrownBy(() -> new Decoding(codec).decode(bytes(0, 0, 0, 61)))
        .isInstanceOf(FrameException.class)
        .hasMessage("frame too long: more than 64 bytes");
    assertThatThrownBy(() -> new Decoding(codec).decode(bytes(0, 0, 0, 3, 4, 0, 0, 1)))
        .isInstanceOf(FrameException.class)
        .hasMessage("length: 4 (expected: <= 2, the rest of its part)");
    Decoding decoding = new Decoding(codec);
    decoding.decode(bytes(0, 0, 0, 60));
    assertThat(decoding.frames).isEmpty();
    decoding.decode(new byte[60]);
    assertThat(decoding.frames).containsExactly(60);
  }

  @Test
  void aLineHasALength() throws Exception {
    Codec<Object, Object> codec = codec((decoder, in) -> decoder.readLine(in, 3));
    byte[] stream = "abc\nabc\r\n\nab\r\n".getBytes(ISO_8859_1);
    for (int cut = 0; cut <= stream.length; cut++) {
      assertThat(Decoding.cut(codec, stream, cut, cut)).containsExactly("abc", "abc", "", "ab");
    }
    for (String line : List.of("abcd", "abcd\n", "abc\rd", "abc\r\r\n", "abcdefgh\r\n")) {
      assertThatThrownBy(() -> new Decoding(codec).decode(line.getBytes(ISO_8859_1)))
          .isInstanceOf(FrameException.class)
          .hasMessage("line too long: more than 3 bytes");
    }
    new Decoding(codec).decode("abc\r".getBytes(ISO_8859_1));
  }

  /** Over a socket: earlier frames are answered, and the session ends at once. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("ofParts")
  void aFalseLengthNeverCausesSilence(String name, Reading reading) throws Exception {
    Codec<Object, Object> codec =
        new FrameCodecFactory<>(
            () -> new Decoder(reading),
            (Object frame, IoBuffer out) -> out.put("answer".getBytes(ISO_8859_1)));
    AnswerHandler<Object, Object> handler =
        AnswerHandler.of((IoSession session, Object frame) -> frame);
    try (Logs logs = Logs.capture();
        Server server = Servers.of(Protocol.of("lies", codec, handler));
        Peer peer = Servers.peer(server)) {
      peer.send(bytes(3, 2, 7, '\n', 1, 2, 3, 2, 7, '\n'));
      assertThat(peer.rest()).isEqualTo("answer");
      assertThat(logs.atLeast("ERROR"))
          .singleElement()
          .asString()
          .contains("session closed: reason=fault source=\"protocol lies");
    }
  }
}
