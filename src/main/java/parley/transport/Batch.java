package parley.transport;

import java.net.SocketAddress;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was written in one turn down the chain, as one request. Its end, written or failed,
 * is that of each request in it, except that those whose bytes the kernel had before it failed are
 * written. Whoever collected them passes their {@code messageSent} on.
 */
public final class Batch extends DefaultWriteFuture implements WriteRequest {

  private final IoBuffer bytes;
  private final WriteRequest[] requests;
  private final int[] ends;
  private final int answers;
  private Object message;
  private int taken;

  /**
   * A batch.
   *
   * @param message the bytes of all
   * @param requests those whose futures and {@code messageSent} wait for it
   * @param ends where the bytes of each end
   * @param answers how many messages are in it that nobody made a request for
   */
  Batch(IoSession session, IoBuffer message, WriteRequest[] requests, int[] ends, int answers) {
    super(session);
    this.bytes = message;
    this.message = message;
    this.requests = requests;
    this.ends = ends;
    this.answers = answers;
  }

  /** Notes how far the kernel has taken it: if the rest fails, what is before has been written. */
  void partlyWritten() {
    if (message == bytes) {
      taken = bytes.position();
    }
  }

  /** The requests in it, in order. */
  public WriteRequest[] requests() {
    return requests;
  }

  /** How many messages are in it that have no request. */
  public int answers() {
    return answers;
  }

  /** How many messages are in it. */
  int size() {
    return requests.length + answers;
  }

  @Override
  public WriteRequest getOriginalRequest() {
    return this;
  }

  @Override
  public WriteFuture getFuture() {
    return this;
  }

  @Override
  public Object getMessage() {
    return message;
  }

  @Override
  public void setMessage(Object modified) {
    message = modified;
  }

  @Override
  public Object getOriginalMessage() {
    return message;
  }

  @Override
  public @Nullable SocketAddress getDestination() {
    return null;
  }

  @Override
  public boolean isEncoded() {
    return false;
  }

  /** Ends all the futures. A listener that throws must not keep the others from completing. */
  @Override
  public void setWritten() {
    try {
      super.setWritten();
    } catch (RuntimeException | Error thrown) {
      getSession().getFilterChain().fireExceptionCaught(thrown);
    }
    for (WriteRequest request : requests) {
      try {
        request.getFuture().setWritten();
      } catch (RuntimeException | Error thrown) {
        getSession().getFilterChain().fireExceptionCaught(thrown);
      }
    }
  }

  @Override
  public void setException(Throwable cause) {
    try {
      super.setException(cause);
    } catch (RuntimeException | Error thrown) {
      Listeners.failed(thrown);
    }
    for (int i = 0; i < requests.length; i++) {
      WriteFuture each = requests[i].getFuture();
      try {
        if (ends[i] <= taken) {
          each.setWritten();
        } else {
          each.setException(cause);
        }
      } catch (RuntimeException | Error thrown) {
        Listeners.failed(thrown);
      }
    }
  }
}
