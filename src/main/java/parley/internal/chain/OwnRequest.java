package parley.internal.chain;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.DefaultWriteFuture;
import org.apache.mina.core.write.DefaultWriteRequest;

/** Bytes that a filter sends by itself; not a message of the filters above. */
public final class OwnRequest extends DefaultWriteRequest {

  /** Creates a request with a future that can fail, so that a fault is seen. */
  public OwnRequest(IoBuffer bytes) {
    super(bytes, new DefaultWriteFuture(null));
  }
}
