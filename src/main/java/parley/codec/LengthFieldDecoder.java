package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts one session's bytes into frames at their length fields. */
final class LengthFieldDecoder extends FrameDecoder {

  /**
   * Where the length is and what it means.
   *
   * @param field how it is written
   * @param offset the bytes before it
   * @param adjustment what is added to it for the number of bytes behind it
   * @param maxFrameBytes the longest frame, without the field
   */
  record Layout(LengthField field, int offset, int adjustment, int maxFrameBytes) {}

  private final Layout layout;

  LengthFieldDecoder(Layout layout) {
    super(layout.maxFrameBytes + layout.field.maxBytes());
    this.layout = layout;
  }

  @Override
  protected byte @Nullable [] readFrame(IoBuffer in) throws FrameException {
    int start = in.position();
    int offset = layout.offset;
    if (in.remaining() <= offset) {
      return null;
    }
    in.skip(offset);
    int behind = behind(layout.field.read(in));
    if (in.remaining() < behind) {
      in.position(start);
      return null;
    }
    byte[] frame = new byte[offset + behind];
    in.get(frame, offset, behind);
    int end = in.position();
    in.position(start);
    in.get(frame, 0, offset);
    in.position(end);
    return frame;
  }

  /** How many bytes follow the field. */
  private int behind(long value) throws FrameException {
    long behind = value + layout.adjustment;
    if (behind < 0) {
      throw new FrameException(
          String.format("length: %d (expected: >= %d)", value, -layout.adjustment));
    }
    if (layout.offset + behind > layout.maxFrameBytes) {
      throw new FrameException(
          String.format(
              "frame too long: %d bytes (expected: <= %d)",
              layout.offset + behind, layout.maxFrameBytes));
    }
    return (int) behind;
  }
}
