package parley.codec;

import java.nio.ByteOrder;
import org.apache.mina.core.buffer.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A codec of a length field and the bytes that it counts. A frame is a {@code byte[]}: everything
 * on the wire except the length field, which the decoder removes and the encoder adds.
 *
 * <pre>
 * new LengthFieldCodecFactory(2)                         offset 0, big-endian
 * +------+------+-----+-----+-----+
 * | 0x00 | 0x03 | 'A' | 'd' | 'a' |      decodes to "Ada", encodes from "Ada"
 * +------+------+-----+-----+-----+
 * |&lt;- length -&gt;|&lt;-    length    -&gt;|
 *
 * builder().lengthBytes(2).offset(4).build()             such as Modbus TCP
 * +--------+--------+--------+-----------+
 * | 4 bytes         | 0x0006 | 6 bytes   |   decodes to the 4 and the 6 bytes
 * +--------+--------+--------+-----------+
 * |&lt;-   offset    -&gt;|&lt;length&gt;|
 *
 * builder().lengthBytes(4).adjustment(-4).build()        a length that counts itself
 * +--------------+-----+-----+-----+
 * | 0x0000_0007  | 'A' | 'd' | 'a' |          7 - 4 = 3 bytes follow
 * +--------------+-----+-----+-----+
 *
 * builder().varint().build()                             7 bits per byte, lowest first (LEB128)
 * +------+------+-- ... --+
 * | 0xAC | 0x02 | 300 bytes |
 * +------+------+-- ... --+
 * </pre>
 *
 * <p>As soon as the length field has come, the decoder rejects with a {@link FrameException}: a
 * frame longer than the limit, a length that the adjustment makes negative, and a varint of more
 * than 5 bytes or 32 bits. A varint may be longer than necessary. At the end of stream an
 * unfinished frame is rejected. The write of a message fails if it is too long for the limit or the
 * field, shorter than the offset, or not a {@code byte[]}. One factory serves all sessions.
 */
public final class LengthFieldCodecFactory extends FrameCodecFactory<byte[], byte[]> {

  /** The default limit of a frame, in bytes. */
  public static final int DEFAULT_MAX_FRAME_BYTES = 64 * 1024;

  private static final int MAX_FRAME_BYTES = 1 << 30;
  private static final int MAX_OFFSET = 1024;
  private static final int MAX_VARINT_BYTES = 5;

  /**
   * Creates a codec with a big-endian length field, and frames of at most {@link
   * #DEFAULT_MAX_FRAME_BYTES}.
   *
   * @param lengthBytes the size of the length field, 1 to 4 bytes
   */
  public LengthFieldCodecFactory(int lengthBytes) {
    this(builder().lengthBytes(lengthBytes).layout());
  }

  private LengthFieldCodecFactory(Layout layout) {
    super(() -> new Decoder(layout), new BufferEncoder((frame, out) -> encode(layout, frame, out)));
  }

  /**
   * Returns a builder; by default the length field has two bytes, big-endian, at offset 0.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  private static void encode(Layout layout, Object message, IoBuffer out) {
    byte[] frame = bytes(message);
    int offset = layout.offset;
    if (frame.length < offset || frame.length > layout.maxFrameBytes) {
      throw new IllegalArgumentException(
          String.format(
              "frame of %d bytes (expected: %d to %d)",
              frame.length, offset, layout.maxFrameBytes));
    }
    long value = (long) frame.length - offset - layout.adjustment;
    if (value < 0 || value > layout.maxValue()) {
      throw new IllegalArgumentException(
          String.format("length: %d (expected: 0 to %d)", value, layout.maxValue()));
    }
    out.put(frame, 0, offset);
    layout.write(out, value);
    out.put(frame, offset, frame.length - offset);
  }

  static byte[] bytes(Object message) {
    if (message instanceof byte[] frame) {
      return frame;
    }
    throw new IllegalArgumentException(
        "message: " + message.getClass().getName() + " (expected: byte[])");
  }

  /**
   * The place of the length field and its meaning. Lengths are unsigned, of at most 32 bits.
   *
   * @param lengthBytes the size of the field; for a varint, its largest size
   * @param offset the number of bytes before the field
   * @param adjustment the number to add to the length to get the number of bytes after the field
   * @param maxFrameBytes the longest frame, without the field
   */
  private record Layout(
      boolean varint,
      int lengthBytes,
      ByteOrder order,
      int offset,
      int adjustment,
      int maxFrameBytes) {

    long maxValue() {
      return (1L << Math.min(32, 8 * lengthBytes)) - 1;
    }

    long read(IoBuffer in) throws FrameException {
      return varint ? readVarint(in) : readFixed(in);
    }

    private long readFixed(IoBuffer in) {
      long value = 0;
      for (int i = 0; i < lengthBytes; i++) {
        value |= (in.get() & 0xFFL) << shift(i);
      }
      return value;
    }

    private long readVarint(IoBuffer in) throws FrameException {
      long value = 0;
      byte next = -1;
      for (int i = 0; i < lengthBytes && next < 0; i++) {
        next = in.get();
        value |= (next & 0x7FL) << (7 * i);
      }
      if (next < 0) {
        throw new FrameException("varint too long: more than " + lengthBytes + " bytes");
      }
      if (value > maxValue()) {
        throw new FrameException("varint too large: more than 32 bits");
      }
      return value;
    }

    void write(IoBuffer out, long value) {
      if (!varint) {
        for (int i = 0; i < lengthBytes; i++) {
          out.put((byte) (value >>> shift(i)));
        }
        return;
      }
      long rest = value;
      for (; rest > 0x7F; rest >>>= 7) {
        out.put((byte) (rest | 0x80));
      }
      out.put((byte) rest);
    }

    /** Returns the distance of the i-th byte on the wire from the lowest one, in bits. */
    private int shift(int i) {
      return 8 * (order == ByteOrder.BIG_ENDIAN ? lengthBytes - 1 - i : i);
    }

    /** Returns how many bytes follow a field with a value. */
    int rest(long value) throws FrameException {
      long rest = value + adjustment;
      if (rest < 0) {
        throw new FrameException(String.format("length: %d (expected: >= %d)", value, -adjustment));
      }
      if (offset + rest > maxFrameBytes) {
        throw new FrameException(
            String.format(
                "frame too long: %d bytes (expected: <= %d)", offset + rest, maxFrameBytes));
      }
      return (int) rest;
    }
  }

  private static final class Decoder extends FrameDecoder<byte[]> {

    private final Layout layout;

    Decoder(Layout layout) {
      super(layout.maxFrameBytes + layout.lengthBytes);
      this.layout = layout;
    }

    @Override
    protected byte @Nullable [] readFrame(IoBuffer in) throws FrameException {
      int start = in.position();
      int offset = layout.offset;
      in.skip(offset);
      int rest = layout.rest(layout.read(in));
      if (in.remaining() < rest) {
        in.position(start);
        return null;
      }
      byte[] frame = new byte[offset + rest];
      in.get(frame, offset, rest);
      int end = in.position();
      in.position(start);
      in.get(frame, 0, offset);
      in.position(end);
      return frame;
    }
  }

  /**
   * A builder of the layout of frames. Each method rejects a bad value with an
   * IllegalArgumentException that has the allowed values.
   */
  public static final class Builder {

    private int lengthBytes = 2;
    private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;
    private boolean varint;
    private int offset;
    private int adjustment;
    private int maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;

    private Builder() {}

    /**
     * Sets the size of the length field.
     *
     * @param value 1 to 4 bytes, 2 by default
     * @return this builder
     */
    public Builder lengthBytes(int value) {
      lengthBytes = FrameDecoder.within("length bytes", value, 1, 4);
      varint = false;
      return this;
    }

    /**
     * Makes the length a varint of 1 to 5 bytes.
     *
     * @return this builder
     */
    public Builder varint() {
      varint = true;
      return this;
    }

    /**
     * Sets the order of the length's bytes; a varint has its own order.
     *
     * @param value big-endian by default
     * @return this builder
     */
    public Builder byteOrder(ByteOrder value) {
      byteOrder = value;
      return this;
    }

    /**
     * Sets how many bytes of the frame are before the length field.
     *
     * @param value 0 to 1024, 0 by default
     * @return this builder
     */
    public Builder offset(int value) {
      offset = FrameDecoder.within("offset", value, 0, MAX_OFFSET);
      return this;
    }

    /**
     * Sets the number to add to the length to get the number of bytes after the length field: -2 if
     * a length of two bytes counts itself, 1 if one byte more follows than the length counts.
     *
     * @param value -1024 to 1024, 0 by default
     * @return this builder
     */
    public Builder adjustment(int value) {
      adjustment = FrameDecoder.within("adjustment", value, -MAX_OFFSET, MAX_OFFSET);
      return this;
    }

    /**
     * Sets the longest frame, without its length field.
     *
     * @param value 1 to 2^30 bytes, 64 KiB by default
     * @return this builder
     */
    public Builder maxFrameBytes(int value) {
      maxFrameBytes = FrameDecoder.within("max frame bytes", value, 1, MAX_FRAME_BYTES);
      return this;
    }

    /** {@return the finished codec} */
    public LengthFieldCodecFactory build() {
      return new LengthFieldCodecFactory(layout());
    }

    private Layout layout() {
      int bytes = varint ? MAX_VARINT_BYTES : lengthBytes;
      return new Layout(varint, bytes, byteOrder, offset, adjustment, maxFrameBytes);
    }
  }
}
