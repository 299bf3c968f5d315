package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.apache.mina.core.session.IoSessionDataStructureFactory;
import org.apache.mina.core.write.WriteRequestQueue;

/** Gives each session Parley's attribute map and write queue, which are small and fast. */
public final class SessionStructures implements IoSessionDataStructureFactory {

  @Override
  public IoSessionAttributeMap getAttributeMap(IoSession session) {
    return new SessionState(session, null);
  }

  @Override
  public WriteRequestQueue getWriteRequestQueue(IoSession session) {
    return new WriteQueue(session);
  }
}
