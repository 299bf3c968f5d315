package parley.filter;

import org.apache.mina.core.session.IoSession;

/**
 * A filter below the codec that reads whole records of its own: they too have a frame's deadline.
 */
public interface RecordProgress {

  /** The number of the record that the peer has begun and not ended; 0 if there is none. */
  long begun(IoSession session);
}
