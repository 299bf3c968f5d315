package parley.codec;

import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The parts of this package's codecs, beyond MINA's interfaces, that only Parley's event loops use.
 * With any other codec the loops use MINA's interfaces alone.
 */
public final class CodecInternals {

  private CodecInternals() {}

  /**
   * Returns a decoder for a new session.
   *
   * @param codec the codec
   * @return the decoder, or null if only the codec itself can provide it
   */
  public static @Nullable ProtocolDecoder newDecoder(ProtocolCodecFactory codec) {
    FrameCodecFactory<?, ?> frames = frames(codec);
    return frames == null ? null : frames.newDecoder();
  }

  /**
   * Returns an encoder that may put into a buffer that already has other messages. It serves all
   * sessions. After an exception the caller must drop the bytes that it put.
   *
   * @param codec the codec
   * @return the encoder, or null if it has none of this kind
   */
  public static @Nullable FrameEncoder<Object> encoder(ProtocolCodecFactory codec) {
    FrameCodecFactory<?, ?> frames = frames(codec);
    return frames == null ? null : frames.encoder();
  }

  /** Returns the factory that a codec of this package delegates to, or null for another codec. */
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
   * @param decoder the decoder of a session
   * @param guess the result for a decoder of another kind
   * @return whether it has part of a frame
   */
  public static boolean isInFrame(ProtocolDecoder decoder, boolean guess) {
    if (decoder instanceof FrameDecoder<?> frames) {
      return frames.isInFrame();
    }
    if (decoder instanceof LineDecoder lines) {
      return lines.isInFrame();
    }
    return decoder instanceof MappedCodecFactory.Decoder mapped
        ? isInFrame(mapped.frames(), guess)
        : guess;
  }

  /**
   * Returns the class name of a codec whose types may be wrong: one with types that its user has
   * declared, or one of an application, also below a {@link MappedCodecFactory}.
   *
   * @param codec the codec
   * @return the name, or null for a codec of this package
   */
  public static @Nullable String foreignName(ProtocolCodecFactory codec) {
    if (codec instanceof TypedCodec<?, ?> typed) {
      return typed.factory().getClass().getName();
    }
    if (codec instanceof MappedCodecFactory<?, ?> mapped) {
      return foreignName(mapped.frames());
    }
    boolean isOwn = codec.getClass().getPackage() == CodecInternals.class.getPackage();
    return isOwn ? null : codec.getClass().getName();
  }

  /**
   * Returns the simple name of a decoder's class, for error messages. For a decoder on top of
   * another it is the name of the other.
   *
   * @param decoder the decoder of a session
   * @return the name
   */
  public static String name(ProtocolDecoder decoder) {
    return decoder instanceof MappedCodecFactory.Decoder mapped
        ? name(mapped.frames())
        : decoder.getClass().getSimpleName();
  }

  /**
   * Returns whether a decoder keeps nothing of the buffer that it is given.
   *
   * @param decoder the decoder of a session
   * @return whether it copies all bytes that it keeps
   */
  public static boolean copiesInput(ProtocolDecoder decoder) {
    return decoder instanceof LineDecoder
        || (decoder instanceof MappedCodecFactory.Decoder mapped && copiesInput(mapped.frames()));
  }
}
