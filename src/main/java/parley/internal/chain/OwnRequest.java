package parley.internal.chain;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.write.DefaultWriteRequest;

/** Bytes that a filter sends by itself: no message of anyone's above. */
public final class OwnRequest extends DefaultWriteRequest {

  /** With a future that can fail, so that a fault is seen. */
  public OwnRequest(IoBuffer bytes) {
    super(bytes, new DefaultWriteFuture(null));
  }
}
