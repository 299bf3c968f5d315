package parley.codec;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.jspecify.annotations.Nullable;

/**
 * A codec factory with types. Its frames are checked if their class is known.
 *
 * @param factory the codec without types
 * @param decoded the class of its frames; null for any
 */
record TypedCodec<D, E>(ProtocolCodecFactory factory, @Nullable Class<D> decoded)
    implements Codec<D, E> {

  @Override
  public ProtocolDecoder getDecoder(IoSession session) throws Exception {
    ProtocolDecoder frames = factory.getDecoder(session);
    return decoded == null ? frames : new Decoder(frames, factory.getClass(), decoded);
  }

  @Override
  public ProtocolEncoder getEncoder(IoSession session) throws Exception {
    return factory.getEncoder(session);
  }

  record Decoder(ProtocolDecoder frames, Class<?> codec, Class<?> decoded)
      implements ProtocolDecoder {

    @Override
    public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) throws Exception {
      frames.decode(session, in, new Output(out));
    }

    @Override
    public void finishDecode(IoSession session, ProtocolDecoderOutput out) throws Exception {
      frames.finishDecode(session, new Output(out));
    }

    @Override
    public void dispose(IoSession session) throws Exception {
      frames.dispose(session);
    }

    private final class Output implements FrameOutput {

      private final ProtocolDecoderOutput out;

      Output(ProtocolDecoderOutput out) {
        this.out = out;
      }

      @Override
      public boolean takesMore() {
        return FrameOutput.takesMore(out);
      }

      @Override
      public void write(Object frame) {
        if (!decoded.isInstance(frame)) {
          throw new ClassCastException(
              String.format(
                  "codec %s decoded a frame of %s (expected: %s)",
                  codec.getName(), frame.getClass().getName(), decoded.getName()));
        }
        out.write(frame);
      }

      @Override
      public void flush(NextFilter next, IoSession session) {
        out.flush(next, session);
      }
    }
  }
}
