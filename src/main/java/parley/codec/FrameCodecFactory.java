package parley.codec;

import java.util.function.Supplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.buffer.SimpleBufferAllocator;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;

/**
 * A codec of one decoder for each session and one encoder for all sessions: {@code Codec<Short,
 * Short> pairs = new FrameCodecFactory<>(PairDecoder::new, (pair, out) -> out.putShort(pair))}.
 *
 * @param <D> the type of the frames that it decodes
 * @param <E> the type of the messages that it encodes
 */
public class FrameCodecFactory<D, E> implements Codec<D, E> {

  private final Supplier<? extends ProtocolDecoder> decoder;
  private final BufferEncoder encoder;

  /**
   * Creates a codec of a decoder and an encoder.
   *
   * @param decoder returns a new decoder for a session
   * @param encoder encodes each message; the write fails for a message of another type, and for one
   *     for which the encoder puts no bytes
   */
  public FrameCodecFactory(
      Supplier<? extends FrameDecoder<? extends D>> decoder, FrameEncoder<? super E> encoder) {
    this(decoder, new BufferEncoder(new OwnBuffer<>(encoder)));
  }

  /** Creates a codec of this package, whose encoder only puts. */
  FrameCodecFactory(Supplier<? extends ProtocolDecoder> decoder, BufferEncoder encoder) {
    this.decoder = decoder;
    this.encoder = encoder;
  }

  /**
   * Returns the decoder that a session keeps for this codec. MINA's codec filter requests it with
   * each read; Parley's uses {@link #newDecoder} once.
   */
  @Override
  public final ProtocolDecoder getDecoder(IoSession session) {
    if (session.getAttribute(this) instanceof ProtocolDecoder known) {
      return known;
    }
    ProtocolDecoder made = decoder.get();
    return session.setAttributeIfAbsent(this, made) instanceof ProtocolDecoder earlier
        ? earlier
        : made;
  }

  @Override
  public final ProtocolEncoder getEncoder(IoSession session) {
    return encoder;
  }

  final ProtocolDecoder newDecoder() {
    return decoder.get();
  }

  final FrameEncoder<Object> encoder() {
    return encoder.frames();
  }

  /**
   * The MINA encoder of a {@link FrameEncoder} that may put into a buffer with other messages.
   *
   * @param frames only puts, relative to the buffer's position, and keeps nothing of the buffer
   */
  record BufferEncoder(FrameEncoder<Object> frames) implements ProtocolEncoder {

    /** The first size of the buffer, for a short message; the buffer grows. */
    static final int FIRST_ROOM = 64;

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out)
        throws Exception {
      IoBuffer buffer = IoBuffer.allocate(FIRST_ROOM).setAutoExpand(true);
      frames.encode(message, buffer);
      out.write(buffer.flip());
    }

    @Override
    public void dispose(IoSession session) {}
  }

  /**
   * Gives a {@link FrameEncoder} a separate buffer for each message, and copies the bytes that it
   * put there. The caller's buffer has other messages. A flip, a clear or an absolute put cannot
   * lose or change them, and neither can an encoder that keeps its buffer and writes to it later.
   */
  private static final class OwnBuffer<M> implements FrameEncoder<Object> {

    /** The largest size of the next buffer, which otherwise is as large as the last message. */
    private static final int MAX_ROOM = 4 * 1024;

    /** The allocator of the buffers. MINA's other one gives a freed buffer to another caller. */
    private static final SimpleBufferAllocator ALLOCATOR = new SimpleBufferAllocator();

    private final FrameEncoder<M> frames;
    private int room = BufferEncoder.FIRST_ROOM; // an estimate: any thread's value is good

    OwnBuffer(FrameEncoder<M> frames) {
      this.frames = frames;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void encode(Object message, IoBuffer out) throws Exception {
      IoBuffer own = ALLOCATOR.allocate(room, false).setAutoExpand(true);
      frames.encode((M) message, own);
      int length = own.position();
      if (length == 0) {
        throw new IllegalStateException(
            name()
                + " put no bytes: position 0 (expected: the end of the message; do not flip, clear or"
                + " rewind the buffer)");
      }
      room = Math.min(Math.max(length, BufferEncoder.FIRST_ROOM), MAX_ROOM);
      out.put(own.array(), own.arrayOffset(), length); // putting a buffer takes 20 ns more
    }

    private String name() {
      String name = frames.getClass().getName();
      int lambda = name.indexOf("$$Lambda");
      return lambda < 0 ? "encoder " + name : "an encoder of " + name.substring(0, lambda);
    }
  }
}
