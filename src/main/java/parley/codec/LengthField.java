package parley.codec;

import java.nio.ByteOrder;
import org.apache.mina.core.buffer.IoBuffer;

/** Reads and writes one kind of length field; values are unsigned, 32 bits at most. */
interface LengthField {

  /** The bytes of the longest field of a varint: 7 bits each (LEB128). */
  int MAX_VARINT_BYTES = 5;

  /**
   * The value at the buffer's position, which moves behind it.
   *
   * @throws java.nio.BufferUnderflowException if it is not complete
   */
  long read(IoBuffer in) throws FrameException;

  /** Puts a value. */
  void write(IoBuffer out, long value);

  /** The largest value. */
  long most();

  /** The most bytes that it takes. */
  int maxBytes();

  /** A field of 1 to 4 bytes. */
  static LengthField fixed(int bytes, ByteOrder order) {
    return new LengthField() {
      @Override
      public long read(IoBuffer in) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
          value |= (in.get() & 0xFFL) << shift(i);
        }
        return value;
      }

      @Override
      public void write(IoBuffer out, long value) {
        for (int i = 0; i < bytes; i++) {
          out.put((byte) (value >>> shift(i)));
        }
      }

      /** How far the i-th byte on the wire stands from the lowest one. */
      private int shift(int i) {
        return 8 * (order == ByteOrder.BIG_ENDIAN ? bytes - 1 - i : i);
      }

      @Override
      public long most() {
        return (1L << (8 * bytes)) - 1;
      }

      @Override
      public int maxBytes() {
        return bytes;
      }
    };
  }

  /** A field of 1 to 5 bytes, the lowest 7 bits first, the top bit set in all but the last byte. */
  static LengthField varint() {
    return new LengthField() {
      @Override
      public long read(IoBuffer in) throws FrameException {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
          byte next = in.get();
          value |= (next & 0x7FL) << (7 * i);
          if (next >= 0) {
            return checked(value);
          }
        }
        throw new FrameException("varint too long: more than " + MAX_VARINT_BYTES + " bytes");
      }

      private long checked(long value) throws FrameException {
        if (value > most()) {
          throw new FrameException("varint too large: more than 32 bits");
        }
        return value;
      }

      @Override
      public void write(IoBuffer out, long value) {
        long rest = value;
        while (rest > 0x7F) {
          out.put((byte) (rest | 0x80));
          rest >>>= 7;
        }
        out.put((byte) rest);
      }

      @Override
      public long most() {
        return 0xFFFF_FFFFL;
      }

      @Override
      public int maxBytes() {
        return MAX_VARINT_BYTES;
      }
    };
  }
}
