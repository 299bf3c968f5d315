package parley.internal.chain;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.FileRegion;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderException;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.Nullable;
import parley.codec.CodecInternals;
import parley.codec.FrameEncoder;
import parley.codec.FrameException;
import parley.internal.loop.AnswerAccess;
import parley.internal.loop.BatchRequest;
import parley.internal.loop.EngineEvent;
import parley.internal.loop.Handover;
import parley.internal.loop.InFlight;
import parley.internal.loop.Input;
import parley.internal.loop.Outbound;
import parley.internal.loop.SessionState;
import parley.internal.loop.WriteBatch;
import parley.session.EndReason;

/**
 * Decodes input into frames and encodes messages, with any MINA codec. Messages that the handler
 * writes while the frames of one read are handled go down as one request, after the last of these
 * frames: a {@link WriteBatch}.
 *
 * <p>Unlike MINA's ProtocolCodecFilter, it stores nothing per thread: frames are passed on one by
 * one as they are decoded, and the output of an encoder that failed is dropped. After a decoder's
 * error the decoder is not called again, and the rest of the input is ignored. The decoder's {@code
 * finishDecode} runs at the peer's end of stream, while an answer can still be sent. IoBuffer and
 * FileRegion messages are written unchanged.
 *
 * <p>A turn counts as in progress until it is over. Messages from other threads are encoded on the
 * session's loop, in a turn of their own.
 */
public final class FramingFilter extends IoFilterAdapter implements WriteBatch.Chain {

  private final ProtocolCodecFactory factory;
  private final @Nullable FrameEncoder<Object> encoder; // may append to a batch

  /** Creates the filter with a codec for each session. */
  public FramingFilter(ProtocolCodecFactory factory) {
    this.factory = factory;
    this.encoder = CodecInternals.encoder(factory);
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    if (!(message instanceof IoBuffer in)) {
      next.messageReceived(session, message);
      return;
    }
    SessionFrames frames = SessionFrames.of(this, session);
    if (frames.isWaiting()) {
      frames.waitBehind(in);
    } else {
      inTurn(next, session, frames, in, null);
    }
  }

  /**
   * Handles the end of stream after waiting data: a filter below may bring both at once, as TLS
   * does.
   */
  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    SessionFrames frames = SessionFrames.of(this, session);
    if (frames.isWaiting()) {
      frames.endBehind();
    } else {
      inTurn(next, session, frames, null, null);
      next.inputClosed(session);
    }
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    if (event == EngineEvent.NEXT_TURN) {
      goOn(next, session);
    } else if (event == EngineEvent.HANDED_OVER) {
      takeHandedOver(next, session);
    } else {
      next.event(session, event);
    }
  }

  /** Continues with waiting data, in another turn. */
  private void goOn(NextFilter next, IoSession session) throws Exception {
    SessionFrames frames = SessionFrames.of(this, session);
    WaitingFrames waiting = frames.takeWaiting();
    if (waiting == null) {
      return;
    }
    try {
      if (!frames.isStopped()) {
        inTurn(next, session, frames, null, waiting);
      }
      if (frames.takeEnd()) {
        inputClosed(next, session);
      }
    } finally {
      if (!frames.isWaiting()) {
        Input.of(session).resume(Input.Reason.FRAMES_WAITING);
      }
      Outbound.served(session);
      InFlight.of(session).leave();
    }
  }

  /** Runs the steps of other threads in a turn: their writes go down as one request. */
  private void takeHandedOver(NextFilter next, IoSession session) throws Exception {
    WriteBatch batch = WriteBatch.open(session, next, this);
    try {
      encodeIn(batch, FastPath.handler(this, session));
      Handover.runDue(session);
    } finally {
      if (batch != null) {
        batch.close();
      }
    }
  }

  @Override
  public boolean isDirect(IoSession session) {
    return FastPath.isFirst(this, session);
  }

  private void encodeIn(@Nullable WriteBatch batch, @Nullable IoHandler handler) {
    if (batch != null && encoder != null) {
      batch.encodeBy(encoder, answersInBatch(handler));
    }
  }

  private static boolean answersInBatch(@Nullable IoHandler handler) {
    AnswerAccess answers = AnswerAccess.of(handler);
    return answers != null && handler != null && !answers.reportsSent(handler);
  }

  /**
   * Suspends reading until the waiting data has had its turn; until then it counts as in progress.
   */
  private static void waitForTurn(IoSession session) {
    Input input = Input.of(session);
    input.suspend(Input.Reason.FRAMES_WAITING);
    InFlight.of(session).enter();
    if (!input.holdsFrames()) { // otherwise the turn comes when frames are released
      EngineEvent.nextTurn(session);
    }
  }

  /**
   * Decodes in a turn of the session.
   *
   * @param in the bytes that were read, or null for waiting data or the end of stream
   * @param waiting the waiting data, or null
   */
  private void inTurn(
      NextFilter next,
      IoSession session,
      SessionFrames frames,
      @Nullable IoBuffer in,
      @Nullable WaitingFrames waiting) {
    IoHandler handler = FastPath.handler(this, session);
    WriteBatch batch =
        WriteBatch.open(session, next, this); // closed below, even after an exception
    boolean decoded = false;
    try {
      encodeIn(batch, handler);
      frames.to(next, handler, batch);
      if (batch != null) {
        batch.readAt(waiting == null ? batch.since() : waiting.since());
      }
      if (waiting != null) {
        frames.beginLater();
      }
      decode(session, in, waiting, frames);
      decoded = true;
    } catch (Exception e) {
      frames.stop(FaultFilter.reason(e));
      next.exceptionCaught(session, e);
    } finally {
      if (!decoded) {
        frames.stop(EndReason.FAULT); // an Error's exceptionCaught may come later, from an executor
      }
      if (frames.isWaiting()) {
        frames.endWaiting();
        waitForTurn(session);
      }
      frames.count();
      if (batch != null) {
        batch.close();
      }
      frames.close();
    }
  }

  private void decode(
      IoSession session,
      @Nullable IoBuffer in,
      @Nullable WaitingFrames waiting,
      SessionFrames frames)
      throws Exception {
    IoBuffer bytes = waiting == null ? in : waiting.passTo(frames);
    try {
      if (bytes != null) {
        decodeAll(session, bytes, frames, waiting == null);
      } else if (waiting == null) {
        finishDecode(session, frames);
      }
    } catch (ProtocolDecoderException e) { // from MINA's own decoders; it may contain received data
      String decoder = CodecInternals.name(decoderOf(session, frames));
      FrameException refused = new FrameException("not taken by " + decoder);
      refused.initCause(e);
      throw refused;
    }
  }

  /** Returns the decoder. A foreign codec may return another decoder for each read. */
  private ProtocolDecoder decoderOf(IoSession session, SessionFrames frames) throws Exception {
    ProtocolDecoder kept = frames.decoderOf(factory);
    return kept == null ? factory.getDecoder(session) : kept;
  }

  private void finishDecode(IoSession session, SessionFrames frames) throws Exception {
    if (!frames.isStopped()) {
      decoderOf(session, frames).finishDecode(session, frames);
    }
  }

  private void decodeAll(IoSession session, IoBuffer in, SessionFrames frames, boolean justRead)
      throws Exception {
    while (in.hasRemaining() && !frames.isStopped()) {
      if (!frames.takesMore()) {
        frames.waitFor(in, justRead);
        return;
      }
      int before = in.position();
      ProtocolDecoder decoder = decoderOf(session, frames);
      frames.decodedBy(decoder);
      decoder.decode(session, in, frames);
      if (in.position() == before) {
        throw new IllegalStateException(
            decoder.getClass().getName() + " consumed none of the bytes");
      }
    }
  }

  /** Encodes on the session's loop alone, so that an encoder never runs twice at once. */
  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    WriteBatch batch = WriteBatch.of(session);
    if (batch == null && Handover.isNeeded(session)) {
      Handover.write(session, request, () -> writeHandedOver(next, session, request));
      return;
    }
    try {
      if (batch == null) {
        Handover.runBefore(session);
        writeAlone(next, session, request);
      } else {
        batch.runBefore();
        writeInBatch(batch, next, session, request);
      }
    } catch (ProtocolEncoderException refused) {
      if (session.isServer()) {
        throw refused; // the peer would wait for this answer in vain, so the session ends
      }
      request.getFuture().setException(refused); // only the caller is affected
    }
  }

  /** Passes a write on as MINA's chain does. */
  private void writeHandedOver(NextFilter next, IoSession session, WriteRequest request) {
    try {
      filterWrite(next, session, request);
    } catch (Exception | Error e) {
      request.getFuture().setException(e);
      session.getFilterChain().fireExceptionCaught(e);
    }
  }

  private void writeInBatch(
      WriteBatch batch, NextFilter next, IoSession session, WriteRequest request)
      throws ProtocolEncoderException {
    Object message = request.getMessage();
    if (message instanceof IoBuffer bytes) {
      if (!batch.addBytes(request, bytes)) {
        next.filterWrite(session, request);
      }
      return;
    }
    if (message instanceof FileRegion) {
      batch.passDown();
      next.filterWrite(session, request);
      return;
    }
    if (!addEncoded(batch, request, message)) {
      List<Object> parts = encodeInBatch(batch, session, message);
      if (parts.size() > 1
          || !(parts.get(0) instanceof IoBuffer bytes)
          || !batch.addBytes(request, bytes)) {
        batch.passDown();
        handDown(next, session, request, parts);
      }
    }
  }

  /**
   * Encodes with an encoder that writes to no part of the batch's buffer. Requests that it
   * completes meanwhile wait.
   */
  private List<Object> encodeInBatch(WriteBatch batch, IoSession session, Object message)
      throws ProtocolEncoderException {
    batch.beginEncoding();
    try {
      return encode(session, message);
    } finally {
      batch.endEncoding();
    }
  }

  private static boolean addEncoded(WriteBatch batch, WriteRequest request, Object message)
      throws ProtocolEncoderException {
    try {
      return batch.add(request, message);
    } catch (Exception e) {
      throw new ProtocolEncoderException(e);
    }
  }

  /** Writes a message when nothing was read. */
  private void writeAlone(NextFilter next, IoSession session, WriteRequest request)
      throws ProtocolEncoderException {
    Object message = request.getMessage();
    if (message instanceof IoBuffer || message instanceof FileRegion) {
      next.filterWrite(session, request);
    } else {
      handDown(next, session, request, encode(session, message));
    }
  }

  private List<Object> encode(IoSession session, Object message) throws ProtocolEncoderException {
    EncodedParts parts = new EncodedParts();
    try {
      ProtocolEncoder encoder = factory.getEncoder(session);
      encoder.encode(session, message, parts);
    } catch (Exception e) {
      throw new ProtocolEncoderException(e);
    }
    return parts.joined();
  }

  private static void handDown(
      NextFilter next, IoSession session, WriteRequest request, List<Object> parts) {
    int last = parts.size() - 1;
    for (Object part : parts.subList(0, last)) {
      next.filterWrite(session, new PartRequest(part));
    }
    request.setMessage(parts.get(last));
    next.filterWrite(session, request);
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    if (request instanceof BatchRequest batch) {
      SessionFrames.of(this, session).sent(batch, next);
    } else if (!(request instanceof PartRequest)) {
      next.messageSent(session, request);
    }
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    try {
      SessionState state = SessionState.of(session);
      if (state.codec() instanceof SessionFrames frames) {
        state.setCodec(null);
        if (frames.takeWaiting() != null) {
          InFlight.of(session).leave(); // they have no turn any more
        }
        ProtocolDecoder decoder = decoderOf(session, frames);
        decoder.dispose(session);
        factory.getEncoder(session).dispose(session);
      }
    } finally {
      next.sessionClosed(session);
    }
  }

  /**
   * A part of an encoded message before its last part: not a message of its own for the filters
   * above.
   */
  private static final class PartRequest extends DefaultWriteRequest {

    PartRequest(Object part) {
      super(part, new DefaultWriteFuture(null)); // a future that can fail, so that a fault is seen
    }
  }

  /** The output of one call of an encoder. */
  private static final class EncodedParts implements ProtocolEncoderOutput {

    private final List<Object> list = new ArrayList<>(1);

    @Override
    public void write(Object encoded) {
      if (!(encoded instanceof IoBuffer buffer) || buffer.hasRemaining()) {
        list.add(encoded);
      }
    }

    /**
     * Returns the parts. If all are buffers they are joined, so that the message is one request.
     */
    List<Object> joined() {
      if (list.isEmpty()) {
        return List.of(IoBuffer.allocate(0));
      }
      if (list.size() == 1 || !list.stream().allMatch(IoBuffer.class::isInstance)) {
        return list;
      }
      int length = list.stream().mapToInt(part -> ((IoBuffer) part).remaining()).sum();
      IoBuffer one = IoBuffer.allocate(length);
      list.forEach(part -> one.put((IoBuffer) part));
      return List.of(one.flip());
    }
  }
}
