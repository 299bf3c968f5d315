package parley.codec;

import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/**
 * Takes a decoder's frames, and says when there were enough for now. A decoder that asks after each
 * frame leaves the rest in the buffer it was given, and is called again with it; the frames of one
 * that does not ask are kept.
 */
public interface FrameOutput extends ProtocolDecoderOutput {

  /** Whether it takes another frame now. */
  boolean takesMore();

  /** Whether an output takes another frame now; one of MINA's own always does. */
  static boolean takesMore(ProtocolDecoderOutput out) {
    return !(out instanceof FrameOutput frames) || frames.takesMore();
  }
}
