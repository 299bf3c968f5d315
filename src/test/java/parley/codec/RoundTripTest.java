package parley.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import parley.protocol.Settings;
import parley.protocol.time.TimeProtocol;

/** Any frames, encoded one after another and cut anywhere, are decoded unchanged. */
class RoundTripTest {

  private static final String SEED = "1";
  private static final int TRIES = 500;
  private static final int MAX = 300;

  /** Frames that a codec accepts. */
  record Sent(ProtocolCodecFactory codec, List<?> frames) {}

  @Provide
  Arbitrary<Sent> lines() {
    Arbitrary<String> delimiters = Arbitraries.of("auto", "\r\n", "\n", "\0", "|", "ab", "aab");
    Arbitrary<Charset> charsets = Arbitraries.of(UTF_8, ISO_8859_1);
    return Combinators.combine(delimiters, charsets)
        .flatAs(
            (end, charset) ->
                lines(end, charset).list().ofMaxSize(6).map(all -> sent(end, charset, all)));
  }

  private static Sent sent(String end, Charset charset, List<String> lines) {
    LineDelimiter delimiter = end.equals("auto") ? LineDelimiter.AUTO : new LineDelimiter(end);
    return new Sent(new LineCodecFactory(charset, delimiter, MAX), lines);
  }

  /**
   * The delimiter's own characters occur more often than by chance, but never the whole delimiter.
   */
  private static Arbitrary<String> lines(String end, Charset charset) {
    boolean ofText = end.equals("auto") || end.equals("\r\n");
    String letters = ofText ? "ab" : "ab\r\n" + end;
    return Arbitraries.strings()
        .withChars(letters.toCharArray())
        .withCharRange(' ', charset == UTF_8 ? '\u07ff' : '\u00ff')
        .ofMaxLength(MAX / 2)
        .filter(line -> ofText || (line + end).indexOf(end) == line.length());
  }

  @Property(tries = TRIES, seed = SEED)
  void lines(@ForAll("lines") Sent sent, @ForAll("cuts") List<Integer> cuts) throws Exception {
    check(sent, cuts);
  }

  @Provide
  Arbitrary<Sent> lengths() {
    Arbitrary<Integer> fields = Arbitraries.integers().between(0, 4); // 0: a varint
    Arbitrary<Integer> offsets = Arbitraries.integers().between(0, 5);
    Arbitrary<Integer> adjustments = Arbitraries.integers().between(-9, 0);
    Arbitrary<ByteOrder> orders = Arbitraries.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN);
    return Combinators.combine(fields, offsets, adjustments, orders)
        .flatAs(
            (field, offset, adjustment, order) -> {
              LengthFieldCodecFactory.Builder builder =
                  LengthFieldCodecFactory.builder().offset(offset).adjustment(adjustment);
              ProtocolCodecFactory codec =
                  (field == 0 ? builder.varint() : builder.lengthBytes(field).byteOrder(order))
                      .build();
              int most = field == 1 ? 255 + offset + adjustment : MAX;
              return bytes(offset, most).list().ofMaxSize(6).map(all -> new Sent(codec, all));
            });
  }

  private static Arbitrary<byte[]> bytes(int least, int most) {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(least).ofMaxSize(most);
  }

  @Property(tries = TRIES, seed = SEED)
  void lengths(@ForAll("lengths") Sent sent, @ForAll("cuts") List<Integer> cuts) throws Exception {
    check(sent, cuts);
  }

  @Provide
  Arbitrary<Sent> fixed() {
    return Arbitraries.integers()
        .between(1, 40)
        .flatMap(
            size ->
                bytes(size, size)
                    .list()
                    .ofMaxSize(6)
                    .map(all -> new Sent(new FixedLengthCodecFactory(size), all)));
  }

  @Property(tries = TRIES, seed = SEED)
  void fixed(@ForAll("fixed") Sent sent, @ForAll("cuts") List<Integer> cuts) throws Exception {
    check(sent, cuts);
  }

  @Provide
  Arbitrary<Sent> mapped() {
    ProtocolCodecFactory codec =
        new MappedCodecFactory<>(
            new LengthFieldCodecFactory(2),
            (byte[] frame) -> IoBuffer.wrap(frame).getLong(),
            (Long number) -> IoBuffer.allocate(Long.BYTES).putLong(number).array());
    return Arbitraries.longs().list().ofMaxSize(6).map(all -> new Sent(codec, all));
  }

  @Property(tries = TRIES, seed = SEED)
  void mapped(@ForAll("mapped") Sent sent, @ForAll("cuts") List<Integer> cuts) throws Exception {
    check(sent, cuts);
  }

  @Provide
  Arbitrary<Sent> times() {
    TimeProtocol time = new TimeProtocol();
    ProtocolCodecFactory codec = time.codec(Settings.defaults(time));
    Arbitrary<Long> seconds = Arbitraries.longs().between(0, 0xFFFF_FFFFL);
    return seconds.list().ofMaxSize(6).map(all -> new Sent(codec, all));
  }

  @Property(tries = TRIES, seed = SEED)
  void times(@ForAll("times") Sent sent, @ForAll("cuts") List<Integer> cuts) throws Exception {
    check(sent, cuts);
  }

  /** For raw bytes the whole stream is unchanged, but not its division into parts. */
  @Property(tries = TRIES, seed = SEED)
  void raw(@ForAll List<byte[]> parts, @ForAll("cuts") List<Integer> cuts) throws Exception {
    ProtocolCodecFactory codec = new BytesCodecFactory();
    byte[] stream = stream(codec, parts.stream().map(IoBuffer::wrap).toList());
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    for (Object frame : decoded(codec, stream, cuts)) {
      decoded.writeBytes(((IoBuffer) frame).array());
    }
    assertThat(decoded.toByteArray()).isEqualTo(stream);
  }

  /** Cuts, ascending or not, inside the stream or not. */
  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(0, 6 * MAX).list().ofMaxSize(12);
  }

  private static void check(Sent sent, List<Integer> cuts) throws Exception {
    byte[] stream = stream(sent.codec, sent.frames);
    List<Integer> each = Stream.iterate(1, at -> at + 1).limit(stream.length).toList();
    for (List<Integer> places : List.of(List.<Integer>of(), each, cuts)) {
      assertThat(decoded(sent.codec, stream, places).toArray()).isEqualTo(sent.frames.toArray());
    }
  }

  private static byte[] stream(ProtocolCodecFactory codec, List<?> frames) throws Exception {
    Decoding encoder = new Decoding(codec);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (Object frame : frames) {
      stream.writeBytes(encoder.encode(frame));
    }
    return stream.toByteArray();
  }

  private static List<Object> decoded(ProtocolCodecFactory codec, byte[] stream, List<Integer> cuts)
      throws Exception {
    Decoding decoding = new Decoding(codec);
    int from = 0;
    for (int at : cuts.stream().map(cut -> Math.min(cut, stream.length)).sorted().toList()) {
      if (at > from) {
        decoding.decode(Arrays.copyOfRange(stream, from, at));
        from = at;
      }
    }
    if (from < stream.length) {
      decoding.decode(Arrays.copyOfRange(stream, from, stream.length));
    }
    decoding.finish();
    return decoding.frames;
  }
}
