package parley.internal.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.chain.HoldingFilter;
import parley.internal.chain.OwnRequest;
import parley.internal.loop.Deadline;
import parley.internal.loop.EventLoop;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionState;
import parley.proxy.ProxyConfig;
import parley.proxy.ProxyHeader;
import parley.session.EndReason;

/**
 * Reads the header that each connection of a trusted proxy begins with, and holds the session back
 * until it is there: then its association is the client's, {@code getRemoteAddress} still the
 * proxy's, and the limits a source address are the client's. What another peer sends is no header,
 * whatever it looks like.
 */
public final class ProxyFilter extends HoldingFilter {

  /** Counts a client whom a proxy has named. */
  public interface Admitting {

    /** Returns null, or the last word for one beyond its limit. */
    byte @Nullable [] name(IoSession session, InetAddress client);
  }

  private final String listener;
  private final ProxyConfig config;
  private final Duration timeout;
  private final Admitting admitting;
  private volatile boolean failsChecks;

  /**
   * Reads headers.
   *
   * @param listener its name, for the log
   * @param config which peers are proxies
   * @param admitting counts the clients
   */
  public ProxyFilter(String listener, ProxyConfig config, Admitting admitting) {
    this.listener = listener;
    this.config = config;
    this.timeout = config.get(ProxyConfig.TIMEOUT);
    this.admitting = admitting;
  }

  /** Closes those that a proxy makes for itself from now on, without a word. */
  public void failChecks() {
    failsChecks = true;
  }

  @Override
  protected boolean isThrough(IoSession session) {
    return Waiting.of(session) == null;
  }

  @Override
  protected Exception ended() {
    return new HeaderException("PROXY protocol: ended before a header");
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    if (session.getRemoteAddress() instanceof InetSocketAddress peer
        && config.trusts(peer.getAddress())) {
      SessionState.of(session).setProxy(new Waiting(session, peer));
    } else {
      next.sessionCreated(session);
    }
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    Waiting waiting = Waiting.of(session);
    if (waiting == null) {
      next.sessionOpened(session);
    } else {
      waiting.dueIn(timeout);
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

  /** A balancer may look whether somebody listens, and say nothing. */
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

  /** The header of a session, which it waits for until that has come. */
  private final class Waiting extends Deadline implements SessionState.Handshake {

    private final InetSocketAddress peer;
    private final int since;
    private final IoBuffer begun = IoBuffer.allocate(0).setAutoExpand(true);
    private boolean refused;
    private volatile boolean through;
    private volatile @Nullable ProxyHeader header;

    Waiting(IoSession session, InetSocketAddress peer) {
      super(session);
      this.peer = peer;
      this.since = EventLoop.now(session);
    }

    /** What a session still waits for; null if it waits for none. */
    static @Nullable Waiting of(IoSession session) {
      return SessionState.of(session).proxy() instanceof Waiting waiting && !waiting.through
          ? waiting
          : null;
    }

    @Override
    public @Nullable ProxyHeader result() {
      return header;
    }

    @Override
    protected int check(int now) {
      int left = left(since, timeout, now);
      if (refused || left > 0) {
        return refused ? NEVER : left;
      }
      SessionLifecycle.of(session).end(EndReason.HANDSHAKE_TIMEOUT, SessionLifecycle.Rest.HANDLED);
      refuse("no header within " + timeout.toMillis() + " ms");
      return NEVER;
    }

    /** Below the log's context, so the line says itself whose it is. */
    private void refuse(String rule) {
      refused = true;
      ProxyFilter.this.refuse(
          session,
          new HeaderException(
              String.format(
                  "PROXY protocol: %s, from %s to %s",
                  rule, Endpoint.of(peer).authority(), listener)));
    }

    /** A header may come in drips, so what has begun grows to powers of two. */
    private void received(NextFilter next, IoBuffer in) {
      begun.put(in).flip();
      try {
        ProxyHeader its = HeaderReader.read(begun.buf(), config.get(ProxyConfig.MAX_HEADER));
        if (its == null) {
          begun.position(begun.limit());
        } else {
          goOn(next, its);
        }
      } catch (HeaderException e) {
        refuse(String.valueOf(e.getMessage()));
      }
    }

    private void goOn(NextFilter next, ProxyHeader its) {
      withdraw();
      if (failsChecks && its.local()) {
        session.closeNow();
        return;
      }
      header = its;
      InetSocketAddress client = its.source();
      InetSocketAddress server = its.destination();
      if (client != null && server != null) {
        SessionState.of(session)
            .setAssociation(new Association("tcp", Endpoint.of(server), Endpoint.of(client)));
        byte[] lastWord = admitting.name(session, client.getAddress());
        if (lastWord != null) {
          refused = true;
          next.filterWrite(session, new OwnRequest(IoBuffer.wrap(lastWord)));
          session.closeOnFlush();
          return;
        }
      }
      through = true;
      letThrough(next, session);
      if (begun.hasRemaining()) {
        next.messageReceived(session, begun);
      }
    }
  }
}
