package parley.codec;

import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/**
 * Takes a decoder's frames, until there are enough for now. A decoder that asks after each frame
 * leaves the rest in its buffer, and is called again with it. Frames past enough are kept.
 */
public interface FrameOutput extends ProtocolDecoderOutput {

  /** Whether it takes another frame now. */
  boolean takesMore();

  /** Whether an output takes another frame now; one of MINA's own always does. */
  static boolean takesMore(ProtocolDecoderOutput out) {
    return !(out instanceof FrameOutput frames) || frames.takesMore();
  }
}
