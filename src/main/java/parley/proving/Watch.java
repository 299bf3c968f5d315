package parley.proving;

import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteToClosedSessionException;
import parley.codec.FrameException;
import parley.protocol.FilterNames;
import parley.session.ConnectionResetException;

/** Watches the server's sessions for the kit, with one filter at each end of the chain. */
final class Watch {

  private final Map<SocketAddress, Probe> probes = new ConcurrentHashMap<>();

  /** Adds the filters to a listener's chain. */
  void install(DefaultIoFilterChainBuilder chain) {
    chain.addFirst("proof-reads", new Reads());
    chain.addBefore(FilterNames.FAULT, "proof-faults", new Faults());
  }

  /**
   * Returns the probe of the session whose client has this address, even before the session starts.
   */
  Probe of(SocketAddress client) {
    return probes.computeIfAbsent(client, any -> new Probe());
  }

  void forget(SocketAddress client) {
    probes.remove(client);
  }

  private Probe of(IoSession session) {
    return (Probe) session.getAttribute(this, new Probe());
  }

  private final class Reads extends IoFilterAdapter {

    @Override
    public void sessionCreated(NextFilter next, IoSession session) throws Exception {
      SocketAddress client = session.getRemoteAddress();
      if (client != null) {
        Probe probe = Watch.this.of(client);
        session.setAttribute(Watch.this, probe);
        probe.setSession(session);
      }
      next.sessionCreated(session);
    }

    @Override
    public void messageReceived(NextFilter next, IoSession session, Object message) {
      int bytes = message instanceof IoBuffer buffer ? buffer.remaining() : 0;
      try {
        next.messageReceived(session, message);
      } finally {
        Watch.this.of(session).addRead(bytes); // only now, because its answers are written by then
      }
    }

    @Override
    public void sessionClosed(NextFilter next, IoSession session) {
      try {
        next.sessionClosed(session);
      } finally {
        Watch.this.of(session).setClosed();
      }
    }
  }

  private final class Faults extends IoFilterAdapter {

    @Override
    public void exceptionCaught(NextFilter next, IoSession session, Throwable cause) {
      if (isDefect(session, cause)) {
        Watch.this.of(session).setDefect(cause);
      }
      next.exceptionCaught(session, cause);
    }

    private static boolean isDefect(IoSession session, Throwable cause) {
      return !(cause instanceof FrameException
          || cause instanceof ConnectionResetException
          || (cause instanceof WriteToClosedSessionException && session.isClosing()));
    }
  }
}
