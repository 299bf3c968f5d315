package parley.codec;

import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The part of this package's codecs that only Parley's event loops use, beyond MINA's interfaces.
 * With any other codec the loops use those interfaces alone.
 */
public final class CodecInternals {

  private CodecInternals() {}

  /** Returns a decoder for a new session, or null if only the codec itself finds it. */
  public static @Nullable ProtocolDecoder newDecoder(ProtocolCodecFactory codec) {
    if (codec instanceof FrameCodecFactory frames) {
      return frames.newDecoder();
    }
    if (codec instanceof LineCodecFactory lines) {
      return lines.newDecoder();
    }
    return codec instanceof MappedCodecFactory mapped ? mapped.newDecoder() : null;
  }

  /**
   * Returns an encoder that may put into a buffer that holds other messages, or null. It serves all
   * sessions. What it put before an exception is to be dropped.
   */
  public static @Nullable FrameEncoder<Object> encoder(ProtocolCodecFactory codec) {
    BufferEncoder encoder = null;
    if (codec instanceof FrameCodecFactory frames) {
      encoder = frames.encoder();
    } else if (codec instanceof LineCodecFactory lines) {
      encoder = lines.encoder();
    } else if (codec instanceof MappedCodecFactory mapped) {
      encoder = mapped.encoder();
    }
    return encoder == null ? null : encoder.frames();
  }

  /**
   * Returns whether a decoder has part of a frame, for the deadline of a frame.
   *
   * @param guess the result for a decoder of another kind
   */
  public static boolean isInFrame(ProtocolDecoder decoder, boolean guess) {
    if (decoder instanceof FrameDecoder frames) {
      return frames.isInFrame();
    }
    if (decoder instanceof LineDecoder lines) {
      return lines.isInFrame();
    }
    return decoder instanceof MappedCodecFactory.Decoder mapped
        ? isInFrame(mapped.frames(), guess)
        : guess;
  }

  /** Returns whether a decoder keeps nothing of the buffer that it is given. */
  public static boolean copiesInput(ProtocolDecoder decoder) {
    return decoder instanceof LineDecoder
        || (decoder instanceof MappedCodecFactory.Decoder mapped && copiesInput(mapped.frames()));
  }
}
