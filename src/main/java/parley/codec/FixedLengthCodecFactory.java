package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;

/**
 * A codec of frames of one size: each is a {@code byte[]} of that size.
 *
 * <pre>
 * new FixedLengthCodecFactory(3)
 * +----+----+----+----+----+----+
 * | 01 | 02 | 03 | 04 | 05 | 06 |      decodes to {1, 2, 3} and {4, 5, 6}
 * +----+----+----+----+----+----+
 * |&lt;-  frame   -&gt;|&lt;-  frame   -&gt;|
 * </pre>
 *
 * <p>At the end of stream an unfinished frame is rejected with a {@link FrameException}. The write
 * of a message fails if it is not a {@code byte[]} of that size. One factory serves all sessions.
 */
public final class FixedLengthCodecFactory extends FrameCodecFactory<byte[], byte[]> {

  /**
   * Creates a codec of frames of one size.
   *
   * @param frameBytes the size, 1 to 2^30 bytes
   */
  public FixedLengthCodecFactory(int frameBytes) {
    super(
        () ->
            new FrameDecoder<byte[]>(frameBytes) {
              @Override
              protected byte[] readFrame(IoBuffer in) {
                return readBytes(in, frameBytes);
              }
            },
        new BufferEncoder((frame, out) -> put(frameBytes, frame, out)));
    FrameDecoder.within("frame bytes", frameBytes, 1, 1 << 30);
  }

  private static void put(int frameBytes, Object message, IoBuffer out) {
    byte[] frame = LengthFieldCodecFactory.bytes(message);
    if (frame.length != frameBytes) {
      throw new IllegalArgumentException(
          "frame of " + frame.length + " bytes (expected: " + frameBytes + ")");
    }
    out.put(frame);
  }
}
