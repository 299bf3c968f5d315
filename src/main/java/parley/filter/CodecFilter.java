package parley.filter;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.Nullable;
import parley.transport.Input;

/**
 * Decodes what is read into frames and encodes what is written, with any MINA codec.
 *
 * <p>Unlike MINA's ProtocolCodecFilter, it keeps nothing that belongs to a thread: frames go on one
 * by one as they are decoded, and what an encoder wrote before it failed is dropped. After a
 * decoder's error that decoder is not called again and the rest of the input is ignored. The
 * decoder's {@code finishDecode} runs at the peer's end of stream, while an answer can still be
 * sent. IoBuffer and FileRegion messages are written as they are.
 */
final class CodecFilter extends IoFilterAdapter {

  private static final AttributeKey OUTPUT = new AttributeKey(CodecFilter.class, "output");

  private final ProtocolCodecFactory factory;

  CodecFilter(ProtocolCodecFactory factory) {
    this.factory = factory;
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    if (!(message instanceof IoBuffer in)) {
      next.messageReceived(session, message);
      return;
    }
    FrameOutput out = outputOf(session);
    try {
      while (in.hasRemaining() && !out.input.isStopped()) {
        decodeOnce(session, in, out.to(next));
      }
    } catch (Exception e) {
      out.input.stop();
      next.exceptionCaught(session, e);
    }
  }

  private void decodeOnce(IoSession session, IoBuffer in, FrameOutput out) throws Exception {
    int before = in.position();
    ProtocolDecoder decoder = factory.getDecoder(session);
    decoder.decode(session, in, out);
    if (in.position() == before) {
      throw new IllegalStateException(
          decoder.getClass().getName() + " took none of the bytes it was given");
    }
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    FrameOutput out = outputOf(session);
    try {
      if (!out.input.isStopped()) {
        factory.getDecoder(session).finishDecode(session, out.to(next));
      }
    } catch (Exception e) {
      out.input.stop();
      next.exceptionCaught(session, e);
    }
    next.inputClosed(session);
  }

  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    Object message = request.getMessage();
    if (message instanceof IoBuffer || message instanceof FileRegion) {
      next.filterWrite(session, request);
      return;
    }
    EncodedParts parts = new EncodedParts();
    try {
      factory.getEncoder(session).encode(session, message, parts);
    } catch (Exception e) {
      ProtocolEncoderException refused = new ProtocolEncoderException(e);
      if (session.isServer()) {
        throw refused; // the peer waits for this answer in vain: the session ends
      }
      request.getFuture().setException(refused); // it concerns the asker only
      return;
    }
    parts.joinBuffers(); // two threads' messages must not mix
    for (int i = 0; i < parts.list.size() - 1; i++) {
      next.filterWrite(session, new PartRequest(parts.list.get(i)));
    }
    request.setMessage(
        parts.list.isEmpty() ? IoBuffer.allocate(0) : parts.list.get(parts.list.size() - 1));
    next.filterWrite(session, request);
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    if (!(request instanceof PartRequest)) {
      next.messageSent(session, request);
    }
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    try {
      if (session.removeAttribute(OUTPUT) != null) {
        ProtocolDecoder decoder = factory.getDecoder(session);
        decoder.dispose(session);
        factory.getEncoder(session).dispose(session);
      }
    } finally {
      next.sessionClosed(session);
    }
  }

  private static FrameOutput outputOf(IoSession session) {
    FrameOutput known = (FrameOutput) session.getAttribute(OUTPUT);
    if (known == null) {
      known = new FrameOutput(session);
      session.setAttribute(OUTPUT, known);
    }
    return known;
  }

  /** Hands each frame on at once, until the session takes no more. */
  private static final class FrameOutput implements ProtocolDecoderOutput {

    private final IoSession session;
    private final Input input;
    private @Nullable NextFilter next;

    FrameOutput(IoSession session) {
      this.session = session;
      this.input = Input.of(session);
    }

    FrameOutput to(NextFilter filter) {
      next = filter;
      return this;
    }

    @Override
    public void write(Object frame) {
      if (next != null && !input.isStopped()) {
        next.messageReceived(session, frame);
      }
    }

    /** Nothing is ever held back. */
    @Override
    public void flush(NextFilter filter, IoSession flushed) {}
  }

  /** What one call of an encoder made. */
  private static final class EncodedParts implements ProtocolEncoderOutput {

    private final List<Object> list = new ArrayList<>(1);

    @Override
    public void write(Object encoded) {
      if (!(encoded instanceof IoBuffer buffer) || buffer.hasRemaining()) {
        list.add(encoded);
      }
    }

    /** Makes one buffer of several; parts that are files stay as they are. */
    void joinBuffers() {
      if (list.size() < 2 || !list.stream().allMatch(IoBuffer.class::isInstance)) {
        return;
      }
      int length = list.stream().mapToInt(part -> ((IoBuffer) part).remaining()).sum();
      IoBuffer joined = IoBuffer.allocate(length);
      list.forEach(part -> joined.put((IoBuffer) part));
      list.clear();
      list.add(joined.flip());
    }
  }

  /** A part of an encoded message before its last: not a message of its own to anyone above. */
  private static final class PartRequest extends DefaultWriteRequest {

    PartRequest(Object part) {
      super(part, new DefaultWriteFuture(null)); // one that can fail, so that a fault is seen
    }

    @Override
    public boolean isEncoded() {
      return true;
    }
  }
}
