package parley.proving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import parley.codec.BytesCodecFactory;
import parley.codec.Codec;
import parley.codec.FixedLengthCodecFactory;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.codec.FrameException;
import parley.codec.LengthFieldCodecFactory;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.protocol.time.TimeProtocol;

/**
 * A codec to be fuzzed. Add to lists of codecs only at their ends, because inputs refer to a codec
 * by its number.
 *
 * @param frames the codec whose decoder keeps the unfinished frame; it differs from the codec if
 *     that one is mapped
 * @param longest the longest frame on the wire, in bytes
 */
record FuzzedCodec(ProtocolCodecFactory factory, ProtocolCodecFactory frames, int longest) {

  private static final int LARGE = 1 << 24;
  private static final int MAX_FIELD = 5;

  private FuzzedCodec(ProtocolCodecFactory factory, int longest) {
    this(factory, factory, longest);
  }

  Object holder(IoSession session) throws Exception {
    return frames.getDecoder(session);
  }

  static List<FuzzedCodec> lines() {
    List<FuzzedCodec> all = new ArrayList<>();
    for (int most : new int[] {8, LARGE}) {
      for (String end : new String[] {"auto", "\r\n", "\n", "\0", "|", "ab", "aab", "\r\n.\r\n"}) {
        for (Charset charset : new Charset[] {UTF_8, ISO_8859_1, US_ASCII}) {
          LineDelimiter delimiter =
              end.equals("auto") ? LineDelimiter.AUTO : new LineDelimiter(end);
          all.add(new FuzzedCodec(new LineCodecFactory(charset, delimiter, most), most + 16));
        }
      }
      Charset shiftJis = Charset.forName("Shift_JIS");
      all.add(new FuzzedCodec(new LineCodecFactory(shiftJis, most), most + 16));
    }
    return all;
  }

  static List<FuzzedCodec> lengths() {
    List<FuzzedCodec> all = new ArrayList<>();
    for (int most : new int[] {9, LARGE}) {
      for (int offset : new int[] {0, 3}) {
        for (int adjustment : new int[] {0, -4, 2}) {
          all.add(length(builder(most, offset, adjustment).varint(), most));
          for (int bytes = 1; bytes <= 4; bytes++) {
            for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
              all.add(
                  length(
                      builder(most, offset, adjustment).lengthBytes(bytes).byteOrder(order), most));
            }
          }
        }
      }
    }
    return all;
  }

  private static LengthFieldCodecFactory.Builder builder(int most, int offset, int adjustment) {
    return LengthFieldCodecFactory.builder()
        .maxFrameBytes(most)
        .offset(offset)
        .adjustment(adjustment);
  }

  private static FuzzedCodec length(LengthFieldCodecFactory.Builder builder, int most) {
    return new FuzzedCodec(builder.build(), most + MAX_FIELD);
  }

  static List<FuzzedCodec> others() {
    LengthFieldCodecFactory frames = new LengthFieldCodecFactory(2);
    Codec<String, String> mapped =
        new MappedCodecFactory<>(frames, FuzzedCodec::text, (String text) -> text.getBytes(UTF_8));
    TimeProtocol time = new TimeProtocol();
    return List.of(
        new FuzzedCodec(new FixedLengthCodecFactory(1), 1),
        new FuzzedCodec(new FixedLengthCodecFactory(7), 7),
        new FuzzedCodec(new FixedLengthCodecFactory(LARGE), LARGE),
        new FuzzedCodec(new BytesCodecFactory(), 1),
        new FuzzedCodec(mapped, frames, 2 + LengthFieldCodecFactory.DEFAULT_MAX_FRAME_BYTES),
        new FuzzedCodec(time.clientCodec(Settings.defaults(time)), 4),
        new FuzzedCodec(
            new FrameCodecFactory<>(Counted::new, (Object frame, IoBuffer out) -> {}), 40));
  }

  private static String text(byte[] frame) throws FrameException {
    if (frame.length > 0 && frame[0] == '!') {
      throw new FrameException("an exclamation mark");
    }
    return new String(frame, UTF_8);
  }

  /**
   * A line with a count, then that number of lines: read one part per call, with readLine and
   * readBytes.
   */
  private static final class Counted extends FrameDecoder<String> {

    private int missing;
    private String read = "";

    Counted() {
      super(40);
    }

    @Override
    protected String readFrame(IoBuffer in) throws FrameException {
      if (missing == 0) {
        byte[] count = readBytes(in, 1);
        missing = count[0] & 0x7;
        return missing == 0 ? "none" : null;
      }
      read += readLine(in) + ";";
      missing--;
      String whole = read;
      read = missing == 0 ? "" : read;
      return missing == 0 ? whole : null;
    }

    @Override
    protected void reset() {
      missing = 0;
      read = "";
    }
  }

  /** Returns the codecs of the examples, if a profile compiles those into the tests. */
  static Map<String, List<FuzzedCodec>> examples() {
    Map<String, List<FuzzedCodec>> all = new TreeMap<>();
    for (String name : List.of("example.resp.RespProtocol", "example.dns.DnsProtocol")) {
      try {
        Protocol<?, ?> protocol =
            (Protocol<?, ?>) Class.forName(name).getDeclaredConstructor().newInstance();
        Settings settings = Settings.defaults(protocol);
        all.put(
            protocol.name(),
            List.of(
                new FuzzedCodec(protocol.codec(settings), LARGE),
                new FuzzedCodec(protocol.clientCodec(settings), LARGE)));
      } catch (ClassNotFoundException none) {
        // as in a build without the profile
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return all;
  }
}
