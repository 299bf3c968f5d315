package bench.jmh;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolEncoder;

/** One session's codec with MINA's types, Parley's or MINA's own, without chain and socket. */
final class MinaCodec {

  private final IoSession session = new DummySession();
  private final ProtocolDecoder decoder;
  private final ProtocolEncoder encoder;
  private final Sink sink;

  MinaCodec(ProtocolCodecFactory factory, Sink sink) throws Exception {
    decoder = factory.getDecoder(session);
    encoder = factory.getEncoder(session);
    this.sink = sink;
  }

  /** Decodes the bytes of one read. */
  void decode(byte[] read) throws Exception {
    decoder.decode(session, IoBuffer.wrap(read), sink);
  }

  /** Encodes one message. */
  void encode(Object message) throws Exception {
    encoder.encode(session, message, sink);
  }
}
