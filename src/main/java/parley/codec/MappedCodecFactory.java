package parley.codec;

import java.util.function.Function;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.Nullable;

/**
 * A codec on top of another: it converts the other codec's frames to objects, and objects to
 * frames.
 *
 * <pre>{@code
 * Codec<Json, Json> codec =
 *     new MappedCodecFactory<>(                            // two bytes of length, then JSON
 *         new LengthFieldCodecFactory(2), Json::parse, Json::toBytes);
 * }</pre>
 *
 * <p>After a {@link FrameException} of the reader nothing more is decoded. The write of a message
 * fails if the writer does not accept its type. One factory serves all sessions.
 *
 * @param <D> the type of the objects that it decodes
 * @param <E> the type of the objects that it encodes
 */
public final class MappedCodecFactory<D, E> implements Codec<D, E> {

  private final ProtocolCodecFactory frames;
  private final FrameReader<Object, ?> reader;
  private final Function<Object, ?> writer;
  private final @Nullable FrameCodecFactory<D, E> direct;

  /**
   * Creates a codec on top of another.
   *
   * @param frames decodes bytes to frames, and encodes frames
   * @param reader converts a frame to an object
   * @param writer converts an object to a frame
   * @param <F> the type of the frames that the other codec decodes
   * @param <G> the type of the frames that it encodes
   */
  @SuppressWarnings("unchecked")
  public <F, G> MappedCodecFactory(
      Codec<F, G> frames,
      FrameReader<? super F, ? extends D> reader,
      Function<? super E, ? extends G> writer) {
    this.frames = frames;
    this.reader = (FrameReader<Object, ?>) reader;
    this.writer = (Function<Object, ?>) writer;
    FrameCodecFactory<?, ?> inner = CodecInternals.frames(frames);
    this.direct = inner == null ? null : mapped(inner, this.reader, this.writer);
  }

  private static <D, E> FrameCodecFactory<D, E> mapped(
      FrameCodecFactory<?, ?> frames, FrameReader<Object, ?> reader, Function<Object, ?> writer) {
    FrameEncoder<Object> encoder = frames.encoder();
    return new FrameCodecFactory<>(
        () -> new Decoder(frames.newDecoder(), reader),
        new FrameCodecFactory.BufferEncoder(
            (message, out) -> encoder.encode(writer.apply(message), out)));
  }

  @Override
  public ProtocolDecoder getDecoder(IoSession session) throws Exception {
    return new Decoder(frames.getDecoder(session), reader);
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) throws Exception {
    return new Encoder(frames.getEncoder(session), writer);
  }

  ProtocolCodecFactory frames() {
    return frames;
  }

  /** Returns this codec for Parley's loops, or null if the other codec is not of this package. */
  @Nullable FrameCodecFactory<D, E> direct() {
    return direct;
  }

  /** A decoder without any state except that of the frames' decoder. */
  record Decoder(ProtocolDecoder frames, FrameReader<Object, ?> reader) implements ProtocolDecoder {

    @Override
    public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) throws Exception {
      frames.decode(session, in, new Output(reader, out));
    }

    @Override
    public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws Exception {
      frames.finishDecode(session, new Output(reader, out));
    }

    @Override
    public void dispose(IoSession session) throws Exception {
      frames.dispose(session);
    }
  }

  /** Passes on the object of each frame. */
  private record Output(FrameReader<Object, ?> reader, ProtocolDecoderOutput out)
      implements FrameOutput {

    @Override
    public boolean takesMore() {
      return FrameOutput.takesMore(out);
    }

    @Override
    public void write(Object frame) {
      try {
        out.write(reader.read(frame));
      } catch (FrameException e) {
        Output.<RuntimeException>rethrow(e);
      }
    }

    /** Throws a checked exception through MINA's write, which does not declare it; decode does. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> void rethrow(Exception e) throws E {
      throw (E) e;
    }

    @Override
    public void flush(NextFilter next, IoSession session) {
      out.flush(next, session);
    }
  }

  private record Encoder(ProtocolEncoder frames, Function<Object, ?> writer)
      implements ProtocolEncoder {

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out)
        throws Exception {
      frames.encode(session, writer.apply(message), out);
    }

    @Override
    public void dispose(IoSession session) throws Exception {
      frames.dispose(session);
    }
  }
}
