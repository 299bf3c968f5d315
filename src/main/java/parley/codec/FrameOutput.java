package parley.codec;

import org.apache.mina.filter.codec.ProtocolDecoderOutput;

/**
 * The output of a decoder's frames, which takes frames until there are enough for now. A decoder
 * that asks after each frame leaves the rest in its buffer, and is called again with it. Frames
 * written after that are kept.
 */
public interface FrameOutput extends ProtocolDecoderOutput {

  /** {@return whether it takes another frame now} */
  boolean takesMore();

  /**
   * Returns whether any output takes another frame now; MINA's own always does.
   *
   * @param out the output
   * @return whether it takes another frame
   */
  static boolean takesMore(ProtocolDecoderOutput out) {
    return !(out instanceof FrameOutput frames) || frames.takesMore();
  }
}
