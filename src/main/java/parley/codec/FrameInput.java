package parley.codec;

import java.nio.BufferUnderflowException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.util.Set;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.buffer.IoBufferWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The input of a {@link FrameDecoder}. A read past its end throws {@link RanOut}, because more may
 * come. A read past the end of a part, which is a slice or the bytes up to a limit, throws MINA's
 * exception.
 */
final class FrameInput extends IoBufferWrapper {

  /** Thrown when more bytes have to come. It has no stack, because peers can cause it. */
  static final class RanOut extends BufferUnderflowException {

    private static final long serialVersionUID = 1;

    private RanOut() {}

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** The bytes up to a limit, until the previous limit is set again. */
  private record Part(int limitBefore, @Nullable Part around) {}

  private final IoBuffer bytes;
  private final int end; // of the bytes that have come
  private @Nullable Part part; // the part that is read from

  FrameInput(IoBuffer bytes) {
    this(bytes, bytes.limit(), null);
  }

  private FrameInput(IoBuffer bytes, int end, @Nullable Part part) {
    super(bytes);
    this.bytes = bytes;
    this.end = end;
    this.part = part;
  }

  /**
   * Sets the end of a part, which may also be the end of the received bytes, or sets back an
   * earlier limit. Beyond the received bytes the array may have stale bytes.
   */
  @Override
  public IoBuffer limit(int newLimit) {
    for (Part each = part; each != null; each = each.around) {
      if (newLimit == each.limitBefore) {
        part = each.around;
        return super.limit(newLimit);
      }
    }
    if (newLimit > limit() && part == null) {
      throw new RanOut();
    }
    if (newLimit > limit() || newLimit < position()) {
      throw new IllegalArgumentException(
          String.format(
              "limit: %d (expected: %d to %d, or an earlier limit)",
              newLimit, position(), limit()));
    }
    part = new Part(limit(), part);
    return super.limit(newLimit);
  }

  /** Removes the limits that were set for parts. */
  void endPart() {
    if (part != null) {
      super.limit(end);
      part = null;
    }
  }

  @Override
  public IoBuffer position(int newPosition) {
    if (newPosition > limit() && part == null) {
      throw new RanOut();
    }
    return super.position(newPosition);
  }

  /** Returns whether more bytes may come: true for the input, false for a part of it. */
  static boolean mayGrow(IoBuffer in) {
    return in instanceof FrameInput input && input.part == null;
  }

  /** Throws {@link RanOut} if the input has too few bytes, and MINA's exception if a part has. */
  static void need(IoBuffer in, long count) {
    if (in.remaining() < count) {
      throw mayGrow(in) ? new RanOut() : new BufferUnderflowException();
    }
  }

  /** Returns the buffer to read from. The most frequent reads avoid this load, which costs 1 ns. */
  private IoBuffer need(long count) {
    if (remaining() < count && part == null) {
      throw new RanOut();
    }
    return bytes;
  }

  @Override
  public IoBuffer duplicate() {
    return new FrameInput(super.duplicate(), end, part);
  }

  @Override
  public IoBuffer asReadOnlyBuffer() {
    return new FrameInput(super.asReadOnlyBuffer(), end, part);
  }

  @Override
  public IoBuffer slice() {
    return part == null ? new FrameInput(super.slice()) : super.slice();
  }

  @Override
  public IoBuffer getSlice(int length) {
    return need(length).getSlice(length);
  }

  @Override
  public IoBuffer skip(int size) {
    need(size);
    return super.skip(size);
  }

  @Override
  public IoBuffer get(byte[] into) {
    need(into.length);
    return super.get(into);
  }

  @Override
  public IoBuffer get(byte[] into, int offset, int length) {
    need(length);
    return super.get(into, offset, length);
  }

  @Override
  public byte get() {
    need(1);
    return super.get();
  }

  @Override
  public short getUnsigned() {
    return need(1).getUnsigned();
  }

  @Override
  public char getChar() {
    return need(Short.BYTES).getChar();
  }

  @Override
  public short getShort() {
    need(Short.BYTES);
    return super.getShort();
  }

  @Override
  public int getUnsignedShort() {
    return need(Short.BYTES).getUnsignedShort();
  }

  @Override
  public int getMediumInt() {
    return need(3).getMediumInt();
  }

  @Override
  public int getUnsignedMediumInt() {
    return need(3).getUnsignedMediumInt();
  }

  @Override
  public int getInt() {
    need(Integer.BYTES);
    return super.getInt();
  }

  @Override
  public long getUnsignedInt() {
    return need(Integer.BYTES).getUnsignedInt();
  }

  @Override
  public long getLong() {
    need(Long.BYTES);
    return super.getLong();
  }

  @Override
  public float getFloat() {
    return need(Integer.BYTES).getFloat();
  }

  @Override
  public double getDouble() {
    return need(Long.BYTES).getDouble();
  }

  @Override
  public <E extends Enum<E>> E getEnum(Class<E> type) {
    return need(1).getEnum(type);
  }

  @Override
  public <E extends Enum<E>> E getEnumShort(Class<E> type) {
    return need(Short.BYTES).getEnumShort(type);
  }

  @Override
  public <E extends Enum<E>> E getEnumInt(Class<E> type) {
    return need(Integer.BYTES).getEnumInt(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSet(Class<E> type) {
    return need(1).getEnumSet(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetShort(Class<E> type) {
    return need(Short.BYTES).getEnumSetShort(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetInt(Class<E> type) {
    return need(Integer.BYTES).getEnumSetInt(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetLong(Class<E> type) {
    return need(Long.BYTES).getEnumSetLong(type);
  }

  @Override
  public String getString(int size, CharsetDecoder decoder) throws CharacterCodingException {
    return need(size).getString(size, decoder);
  }

  @Override
  public String getPrefixedString(CharsetDecoder decoder) throws CharacterCodingException {
    return getPrefixedString(Short.BYTES, decoder);
  }

  @Override
  public String getPrefixedString(int prefixBytes, CharsetDecoder decoder)
      throws CharacterCodingException {
    try {
      return super.getPrefixedString(prefixBytes, decoder);
    } catch (BufferUnderflowException e) {
      throw part == null ? new RanOut() : e;
    }
  }
}
