package parley.internal.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.function.BiFunction;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.chain.HoldingFilter;
import parley.internal.chain.OwnRequest;
import parley.internal.loop.Deadline;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionState;
import parley.proxy.ProxyConfig;
import parley.proxy.ProxyHeader;
import parley.session.EndReason;

/**
 * Reads the header at the start of each connection of a trusted proxy, and holds the session back
 * until it is there. After that the session's association is the client's, and the limits per
 * source address count the client; {@code getRemoteAddress} is still the proxy's. Bytes of other
 * peers are never taken for a header.
 */
public final class ProxyFilter extends HoldingFilter {

  private final String listener;
  private final ProxyConfig config;
  private final BiFunction<IoSession, InetAddress, byte @Nullable []> admitting;
  private volatile boolean failsChecks;

  /**
   * Creates the filter.
   *
   * @param listener its name, for the log
   * @param config which peers are proxies
   * @param admitting counts a client that a proxy has named; returns null, or the refusal for a
   *     client beyond its limit
   */
  public ProxyFilter(
      String listener,
      ProxyConfig config,
      BiFunction<IoSession, InetAddress, byte @Nullable []> admitting) {
    this.listener = listener;
    this.config = config;
    this.admitting = admitting;
  }

  /** From now on, closes a proxy's own connections silently. */
  public void failChecks() {
    failsChecks = true;
  }

  @Override
  protected boolean isThrough(IoSession session) {
    return Waiting.of(session) == null;
  }

  @Override
  protected Exception ended() {
    return new ProtocolException("PROXY protocol: ended before a header");
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    if (session.getRemoteAddress() instanceof InetSocketAddress peer
        && config.trusts(peer.getAddress())) {
      Waiting waiting = new Waiting(session, peer);
      SessionState.of(session).setProxy(waiting);
      Deadline.once(session, config.get(ProxyConfig.TIMEOUT), waiting::late);
    } else {
      next.sessionCreated(session);
    }
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    Waiting waiting = Waiting.of(session);
    if (waiting == null) {
      next.messageReceived(session, message);
    } else if (message instanceof IoBuffer in && !waiting.refused) {
      waiting.received(next, in);
    }
  }

  /** Handles the end of stream: a health check may connect and send nothing. */
  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    Waiting waiting = Waiting.of(session);
    if (waiting == null) {
      next.inputClosed(session);
    } else if (waiting.begun.position() == 0) {
      session.closeNow();
    } else {
      waiting.refuse("ended inside a header");
    }
  }

  /** The header of a session that is held back until the header has come. */
  private final class Waiting implements SessionState.Handshake {

    private final IoSession session;
    private final InetSocketAddress peer;
    private final IoBuffer begun = IoBuffer.allocate(0).setAutoExpand(true);
    private boolean refused;
    private volatile @Nullable ProxyHeader received;
    private volatile @Nullable ProxyHeader header; // the same, once it is admitted

    Waiting(IoSession session, InetSocketAddress peer) {
      this.session = session;
      this.peer = peer;
    }

    /** Returns the header that a session still waits for; null for none. */
    static @Nullable Waiting of(IoSession session) {
      return SessionState.of(session).proxy() instanceof Waiting waiting && waiting.header == null
          ? waiting
          : null;
    }

    @Override
    public @Nullable Endpoint peer() {
      ProxyHeader its = received;
      return its == null || its.source() == null ? null : Endpoint.of(peer);
    }

    @Override
    public @Nullable String uniqueId() {
      ProxyHeader its = received;
      return its == null ? null : its.uniqueId();
    }

    @Override
    public @Nullable ProxyHeader result() {
      return header;
    }

    private void late() {
      if (header == null && !refused) {
        SessionLifecycle.of(session)
            .beginEnd(EndReason.HANDSHAKE_TIMEOUT, SessionLifecycle.QueuedFrames.HANDLED);
        Duration timeout = config.get(ProxyConfig.TIMEOUT);
        refuse("no header within " + timeout.toMillis() + " ms");
      }
    }

    /**
     * Refuses the session. This is below the filter with the log context, so the line itself names
     * the peer and the listener.
     */
    private void refuse(String rule) {
      refused = true;
      ProxyFilter.this.refuse(
          session,
          new ProtocolException(
              String.format(
                  "PROXY protocol: %s, from %s to %s",
                  rule, Endpoint.of(peer).authority(), listener)));
    }

    /** Collects the header. It may come in small pieces, so the buffer grows to powers of two. */
    private void received(NextFilter next, IoBuffer in) {
      begun.put(in).flip();
      try {
        ProxyHeader its = HeaderReader.read(begun.buf(), config.get(ProxyConfig.MAX_HEADER));
        if (its == null) {
          begun.position(begun.limit());
        } else {
          goOn(next, its);
        }
      } catch (ProtocolException e) {
        refuse(String.valueOf(e.getMessage()));
      }
    }

    private void goOn(NextFilter next, ProxyHeader its) {
      if (failsChecks && its.local()) {
        refused = true;
        session.closeNow();
        return;
      }
      received = its;
      InetSocketAddress client = its.source();
      InetSocketAddress server = its.destination();
      if (client != null && server != null) {
        SessionState.of(session)
            .setAssociation(new Association("tcp", Endpoint.of(server), Endpoint.of(client)));
        byte[] lastMessage = admitting.apply(session, client.getAddress());
        if (lastMessage != null) {
          refused = true;
          SessionLifecycle.of(session)
              .beginEnd(EndReason.REFUSED, SessionLifecycle.QueuedFrames.DROPPED);
          next.filterWrite(session, new OwnRequest(IoBuffer.wrap(lastMessage)));
          session.closeOnFlush();
          return;
        }
      }
      header = its;
      letThrough(next, session);
      if (begun.hasRemaining()) {
        next.messageReceived(session, begun);
      }
    }
  }
}
