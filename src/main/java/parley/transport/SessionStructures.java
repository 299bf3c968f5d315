package parley.transport;

import org.apache.mina.core.session.DefaultIoSessionDataStructureFactory;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.apache.mina.core.session.IoSessionDataStructureFactory;
import org.apache.mina.core.write.WriteRequestQueue;

/** Gives each session MINA's attribute map and Parley's {@link WriteQueue}. */
public final class SessionStructures implements IoSessionDataStructureFactory {

  private final IoSessionDataStructureFactory mina = new DefaultIoSessionDataStructureFactory();

  @Override
  public IoSessionAttributeMap getAttributeMap(IoSession session) throws Exception {
    return mina.getAttributeMap(session);
  }

  @Override
  public WriteRequestQueue getWriteRequestQueue(IoSession session) {
    return new WriteQueue();
  }
}
