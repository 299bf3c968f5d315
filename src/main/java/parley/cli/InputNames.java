package parley.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;

/** Names from a stream, one UTF-8 line each, split by the decoder that also reads the network. */
final class InputNames implements Names {

  /** The limit that bounds the memory; a greeting server accepts no longer line. */
  private static final int MAX_LINE_BYTES = 1 << 16;

  private final InputStream in;
  private final IoSession session = new DummySession();
  private final ProtocolDecoder decoder =
      new LineCodecFactory(StandardCharsets.UTF_8, MAX_LINE_BYTES).getDecoder(session);
  private final Queue<String> lines = new ArrayDeque<>();
  private final byte[] bytes = new byte[8192];
  private long number;
  private boolean ended;
  private @Nullable IOException refused;

  InputNames(InputStream in) {
    this.in = in;
  }

  @Override
  public @Nullable String next() throws IOException {
    while (lines.isEmpty() && !ended) {
      int count = in.read(bytes);
      ended = count < 0;
      decode(count);
    }
    if (lines.isEmpty() && refused != null) {
      throw refused;
    }
    return lines.poll();
  }

  /** Decodes the bytes just read. Lines before an invalid one are still sent. */
  private void decode(int count) {
    ProtocolDecoderOutput out =
        new ProtocolDecoderOutput() {
          @Override
          public void write(Object line) {
            number++;
            lines.add((String) line);
          }

          @Override
          public void flush(NextFilter next, IoSession flushed) {}
        };
    try {
      if (count < 0) {
        decoder.finishDecode(session, out);
      } else {
        decoder.decode(session, IoBuffer.wrap(bytes, 0, count), out);
      }
    } catch (FrameException e) {
      refused = new IOException("standard input, line " + (number + 1) + ": " + e.getMessage(), e);
      ended = true;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
