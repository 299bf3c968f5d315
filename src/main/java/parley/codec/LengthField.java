package parley.codec;

import java.nio.ByteOrder;
import org.apache.mina.core.buffer.IoBuffer;

/** One kind of length field. Values are unsigned, of at most 32 bits. */
abstract class LengthField {

  /** The longest varint, in bytes of 7 bits each (LEB128). */
  private static final int MAX_VARINT_BYTES = 5;

  final int maxBytes;
  final long maxValue;

  private LengthField(int maxBytes, long maxValue) {
    this.maxBytes = maxBytes;
    this.maxValue = maxValue;
  }

  /**
   * Reads the value at the buffer's position, and moves the position past it.
   *
   * @throws java.nio.BufferUnderflowException if the value is not complete
   */
  abstract long read(IoBuffer in) throws FrameException;

  abstract void write(IoBuffer out, long value);

  /** Returns a field of 1 to 4 bytes. */
  static LengthField fixed(int bytes, ByteOrder order) {
    return new LengthField(bytes, (1L << (8 * bytes)) - 1) {
      @Override
      long read(IoBuffer in) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
          value |= (in.get() & 0xFFL) << shift(i);
        }
        return value;
      }

      @Override
      void write(IoBuffer out, long value) {
        for (int i = 0; i < bytes; i++) {
          out.put((byte) (value >>> shift(i)));
        }
      }

      /** How far the i-th byte on the wire is from the lowest one, in bits. */
      private int shift(int i) {
        return 8 * (order == ByteOrder.BIG_ENDIAN ? bytes - 1 - i : i);
      }
    };
  }

  /**
   * Returns a field of 1 to 5 bytes: the lowest 7 bits first, the top bit set in all but the last.
   */
  static LengthField varint() {
    return new LengthField(MAX_VARINT_BYTES, 0xFFFF_FFFFL) {
      @Override
      long read(IoBuffer in) throws FrameException {
        long value = 0;
        byte next = -1;
        for (int i = 0; i < maxBytes && next < 0; i++) {
          next = in.get();
          value |= (next & 0x7FL) << (7 * i);
        }
        if (next < 0) {
          throw new FrameException("varint too long: more than " + maxBytes + " bytes");
        }
        if (value > maxValue) {
          throw new FrameException("varint too large: more than 32 bits");
        }
        return value;
      }

      @Override
      void write(IoBuffer out, long value) {
        long rest = value;
        for (; rest > 0x7F; rest >>>= 7) {
          out.put((byte) (rest | 0x80));
        }
        out.put((byte) rest);
      }
    };
  }
}
