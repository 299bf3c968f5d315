package parley.codec;

import java.nio.BufferUnderflowException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.util.Set;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.buffer.IoBufferWrapper;

/**
 * What a {@link FrameDecoder} reads from. Where all that has come was read, more is to come, and
 * the exception for that is one of its own: whoever reads past the end of a part of it, such as a
 * slice, or what is between the position and a limit that was set, gets MINA's.
 */
final class FrameInput extends IoBufferWrapper {

  /** More has to come. It has no stack, as peers cause it. */
  static final class RanOut extends BufferUnderflowException {

    private static final long serialVersionUID = 1;

    private RanOut() {}

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private final int end; // of what has come
  private boolean isPart;

  FrameInput(IoBuffer bytes) {
    this(bytes, bytes.limit(), false);
  }

  private FrameInput(IoBuffer bytes, int end, boolean isPart) {
    super(bytes);
    this.end = end;
    this.isPart = isPart;
  }

  /** Sets the end of a part, which may be where all ends by now; or takes it back. */
  @Override
  public IoBuffer limit(int newLimit) {
    isPart = newLimit != end || !isPart;
    return super.limit(newLimit);
  }

  /** Takes back a limit that was set for a part. */
  void endPart() {
    if (isPart) {
      super.limit(end);
      isPart = false;
    }
  }

  /** Throws that more has to come, if so many bytes are not there. */
  void need(long count) {
    if (remaining() < count && !isPart) {
      throw new RanOut();
    }
  }

  @Override
  public IoBuffer duplicate() {
    return new FrameInput(super.duplicate(), end, isPart);
  }

  @Override
  public IoBuffer asReadOnlyBuffer() {
    return new FrameInput(super.asReadOnlyBuffer(), end, isPart);
  }

  @Override
  public IoBuffer slice() {
    return new FrameInput(super.slice(), end - position(), isPart);
  }

  @Override
  public IoBuffer getSlice(int length) {
    need(length);
    return super.getSlice(length);
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
    need(1);
    return super.getUnsigned();
  }

  @Override
  public char getChar() {
    need(Short.BYTES);
    return super.getChar();
  }

  @Override
  public short getShort() {
    need(Short.BYTES);
    return super.getShort();
  }

  @Override
  public int getUnsignedShort() {
    need(Short.BYTES);
    return super.getUnsignedShort();
  }

  @Override
  public int getMediumInt() {
    need(3);
    return super.getMediumInt();
  }

  @Override
  public int getUnsignedMediumInt() {
    need(3);
    return super.getUnsignedMediumInt();
  }

  @Override
  public int getInt() {
    need(Integer.BYTES);
    return super.getInt();
  }

  @Override
  public long getUnsignedInt() {
    need(Integer.BYTES);
    return super.getUnsignedInt();
  }

  @Override
  public long getLong() {
    need(Long.BYTES);
    return super.getLong();
  }

  @Override
  public float getFloat() {
    need(Integer.BYTES);
    return super.getFloat();
  }

  @Override
  public double getDouble() {
    need(Long.BYTES);
    return super.getDouble();
  }

  @Override
  public <E extends Enum<E>> E getEnum(Class<E> type) {
    need(1);
    return super.getEnum(type);
  }

  @Override
  public <E extends Enum<E>> E getEnumShort(Class<E> type) {
    need(Short.BYTES);
    return super.getEnumShort(type);
  }

  @Override
  public <E extends Enum<E>> E getEnumInt(Class<E> type) {
    need(Integer.BYTES);
    return super.getEnumInt(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSet(Class<E> type) {
    need(1);
    return super.getEnumSet(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetShort(Class<E> type) {
    need(Short.BYTES);
    return super.getEnumSetShort(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetInt(Class<E> type) {
    need(Integer.BYTES);
    return super.getEnumSetInt(type);
  }

  @Override
  public <E extends Enum<E>> Set<E> getEnumSetLong(Class<E> type) {
    need(Long.BYTES);
    return super.getEnumSetLong(type);
  }

  @Override
  public String getString(int size, CharsetDecoder decoder) throws CharacterCodingException {
    need(size);
    return super.getString(size, decoder);
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
      throw isPart ? e : new RanOut();
    }
  }
}
