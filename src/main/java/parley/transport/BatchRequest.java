package parley.transport;

import java.net.SocketAddress;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.DefaultWriteRequest;
import org.apache.mina.core.write.WriteRequest;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was collected in a {@link WriteBatch} down the chain, as one request. When it is
 * written or fails, so are the requests in it, except that those whose bytes the kernel took before
 * a failure are written. The codec's filter passes their {@code messageSent} on.
 */
public final class BatchRequest implements WriteRequest {

  /** MINA's future of a request that nobody waits for: it keeps nothing. */
  private static final WriteFuture NOBODYS = new DefaultWriteRequest(new Object()).getFuture();

  private final IoBuffer bytes;
  private final WriteRequest[] requests;
  private final int[] ends;
  private final int answers;
  private final WriteFuture future;
  private Object message;
  private int taken;

  /**
   * A batch of messages.
   *
   * @param message the bytes of all messages
   * @param requests the requests of messages that have one, in order
   * @param ends where the bytes of each request end
   * @param answers the number of messages without a request
   */
  BatchRequest(
      IoSession session, IoBuffer message, WriteRequest[] requests, int[] ends, int answers) {
    this.bytes = message;
    this.message = message;
    this.requests = requests;
    this.ends = ends;
    this.answers = answers;
    this.future = requests.length == 0 ? NOBODYS : new Futures(session);
  }

  /** Notes how far the kernel has taken it: if the rest fails, the bytes before it are written. */
  void partlyWritten() {
    if (message == bytes) {
      taken = bytes.position();
    }
  }

  /** Returns the requests in it, in order. */
  public WriteRequest[] requests() {
    return requests;
  }

  /** Returns the number of messages in it that have no request. */
  public int answers() {
    return answers;
  }

  /** Returns the number of messages in it. */
  int size() {
    return requests.length + answers;
  }

  @Override
  public WriteRequest getOriginalRequest() {
    return this;
  }

  @Override
  public WriteFuture getFuture() {
    return future;
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

  /** Completes the futures of all requests. A listener that throws must not stop the others. */
  private final class Futures extends DefaultWriteFuture {

    Futures(IoSession session) {
      super(session);
    }

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
}
