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
    FrameCodecFactory<?, ?> frames = frames(codec);
    return frames == null ? null : frames.newDecoder();
  }

  /**
   * Returns an encoder that may put into a buffer that holds other messages, or null. It serves all
   * sessions. What it put before an exception is to be dropped.
   */
  public static @Nullable FrameEncoder<Object> encoder(ProtocolCodecFactory codec) {
    FrameCodecFactory<?, ?> frames = frames(codec);
    return frames == null ? null : frames.encoder();
  }

  /** Returns what a codec of this package delegates to, or null for another codec. */
  static @Nullable FrameCodecFactory<?, ?> frames(ProtocolCodecFactory codec) {
    if (codec instanceof LineCodecFactory lines) {
      return lines.frames();
    }
    if (codec instanceof MappedCodecFactory<?, ?> mapped) {
      return mapped.direct();
    }
    if (codec instanceof TypedCodec<?, ?> typed && typed.decoded() == null) {
      return frames(typed.factory());
    }
    return codec instanceof FrameCodecFactory<?, ?> frames ? frames : null;
  }

  /**
   * Returns whether a decoder has part of a frame, for the deadline of a frame.
   *
   * @param guess the result for a decoder of another kind
   */
  public static boolean isInFrame(ProtocolDecoder decoder, boolean guess) {
    if (decoder instanceof FrameDecoder<?> frames) {
      return frames.isInFrame();
    }
    if (decoder instanceof LineDecoder lines) {
      return lines.isInFrame();
    }
    if (decoder instanceof TypedCodec.Decoder typed) {
      return isInFrame(typed.frames(), guess);
    }
    return decoder instanceof MappedCodecFactory.Decoder mapped
        ? isInFrame(mapped.frames(), guess)
        : guess;
  }

  /** Returns the name of the class that does the work of a codec whose types its user named. */
  public static @Nullable String nameOfUntyped(ProtocolCodecFactory codec) {
    return codec instanceof TypedCodec<?, ?> typed ? typed.factory().getClass().getName() : null;
  }

  /** Returns the simple name of a decoder's class, for messages; of one with types, the other's. */
  public static String name(ProtocolDecoder decoder) {
    return decoder instanceof TypedCodec.Decoder typed
        ? name(typed.frames())
        : decoder.getClass().getSimpleName();
  }

  /** Returns whether a decoder keeps nothing of the buffer that it is given. */
  public static boolean copiesInput(ProtocolDecoder decoder) {
    return decoder instanceof LineDecoder
        || (decoder instanceof MappedCodecFactory.Decoder mapped && copiesInput(mapped.frames()));
  }
}
