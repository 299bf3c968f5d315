package parley.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Predicate;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.filter.HoldingFilter;
import parley.filter.OwnRequest;
import parley.protocol.Settings;
import parley.transport.Deadline;
import parley.transport.EndReason;
import parley.transport.EventLoop;
import parley.transport.SessionLifecycle;
import parley.transport.SessionState;

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
  private final Predicate<InetAddress> trusted;
  private final Duration timeout;
  private final int most;
  private final Admitting admitting;
  private volatile boolean failsChecks;

  /**
   * Reads headers.
   *
   * @param listener its name, for the log
   * @param settings {@link ProxySettings#ALL}
   * @param admitting counts the clients
   */
  public ProxyFilter(String listener, Settings settings, Admitting admitting) {
    this.listener = listener;
    this.trusted = trusted(settings);
    this.timeout = settings.get(ProxySettings.TIMEOUT);
    this.most = settings.get(ProxySettings.MAX_HEADER);
    this.admitting = admitting;
  }

  /** Who begins with a header. */
  public static Predicate<InetAddress> trusted(Settings settings) {
    return Network.anyOf(settings.get(ProxySettings.TRUSTED));
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
    return new HeaderException("ended before a header");
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    if (session.getRemoteAddress() instanceof InetSocketAddress peer
        && trusted.test(peer.getAddress())) {
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
      waiting.received(next, in.buf());
    }
  }

  /** A balancer may look whether somebody listens, and say nothing. */
  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    Waiting waiting = Waiting.of(session);
    if (waiting == null) {
      next.inputClosed(session);
    } else if (waiting.begun.capacity() == 0) {
      session.closeNow();
    } else {
      waiting.refuse("ended inside a header");
    }
  }

  /** The header of a session, which it waits for until that has come. */
  private final class Waiting extends Deadline implements ProxyHeader.Owner {

    private final InetSocketAddress peer;
    private final int since;
    private ByteBuffer begun = ByteBuffer.allocate(0);
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
    public @Nullable ProxyHeader header() {
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
              String.format("%s, from %s to %s", rule, Endpoint.of(peer).authority(), listener)));
    }

    private void received(NextFilter next, ByteBuffer in) {
      ByteBuffer all = joined(in);
      ProxyHeader its;
      try {
        its = HeaderReader.read(all, most);
      } catch (HeaderException e) {
        refuse(e.rule());
        return;
      }
      if (its != null) {
        goOn(next, its, all);
      }
    }

    /** Adds to what has begun, in a buffer that grows to twice that: a header may come in drips. */
    private ByteBuffer joined(ByteBuffer in) {
      int sum = begun.limit() + in.remaining();
      if (sum > begun.capacity()) {
        begun = ByteBuffer.allocate(Math.max(sum, 2 * begun.limit())).put(begun.rewind()).flip();
      }
      int end = begun.limit();
      begun.limit(sum).position(end);
      return begun.put(in).rewind();
    }

    private void goOn(NextFilter next, ProxyHeader its, ByteBuffer rest) {
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
      if (rest.hasRemaining()) {
        next.messageReceived(session, IoBuffer.wrap(rest));
      }
    }
  }
}
