package parley.internal.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.internal.loop.AdmittingService;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.SessionLimits;
import parley.internal.loop.SessionState;
import parley.internal.telemetry.RareLog;
import parley.telemetry.Rejection;

/**
 * MINA's acceptor, except that it accepts all waiting connections of a listener, up to {@value
 * #MOST}, each time it wakes up; MINA's own accepts one. A connection beyond a limit gets the
 * protocol's refusal and is closed; the handler never sees it. The same happens to a connection for
 * which the process has no free file descriptor.
 */
public final class Acceptor extends NioSocketAcceptor implements AdmittingService {

  /**
   * The number of connections after which it checks for other work, such as an unbind or another
   * address.
   */
  private static final int MOST = 64;

  private static final long PAUSE_MILLIS = 10;
  private static final String SEE = " hint=\"for descriptors see ulimit -n\"";

  private final EventLoopGroup loops;
  private final Admission admission;
  private final Refusal refusal;
  private final SessionLimits limits;
  private final Predicate<InetAddress> proxies;
  private final ReserveDescriptor spare = new ReserveDescriptor();
  private final RareLog cannotAccept =
      new RareLog(LoggerFactory.getLogger(Acceptor.class), Level.WARN);
  private final RareLog failed = new RareLog(LoggerFactory.getLogger(Acceptor.class), Level.ERROR);
  private volatile @Nullable SocketAddress ipv4;
  private volatile boolean isInherited;
  private boolean accepted;

  /**
   * Creates an acceptor on a thread of an executor, whose sessions go to event loops.
   *
   * @param admission decides which connections are accepted
   * @param refusal handles the other ones
   * @param limits the limits of the sessions
   * @param proxies returns whether an address is a proxy, whose connections get their client's
   *     address by {@link #name} later
   */
  public Acceptor(
      Executor executor,
      EventLoopGroup loops,
      Admission admission,
      Refusal refusal,
      SessionLimits limits,
      Predicate<InetAddress> proxies) {
    super(executor, loops);
    this.loops = loops;
    this.limits = limits;
    this.proxies = proxies;
    this.admission = admission;
    this.refusal = refusal;
  }

  @Override
  protected void processHandles(Iterator<ServerSocketChannel> handles) throws Exception {
    try {
      super.processHandles(new Repeating(handles));
    } catch (Error e) { // MINA's thread would end, and nothing would accept connections any more
      failed.log("accept failed", e);
    }
  }

  @Override
  protected @Nullable NioSession accept(
      IoProcessor<NioSession> processor, ServerSocketChannel handle) throws Exception {
    accepted = false;
    if (!spare.take()) { // first: a session would keep the last descriptor
      cannotAccept.log("accept failed, connections wait: cause=\"no descriptor left\"" + SEE);
      pause();
      return null;
    }
    SocketChannel channel;
    try {
      channel = handle.accept();
    } catch (ClosedChannelException unbound) {
      throw unbound;
    } catch (IOException e) {
      channel = shed(handle, e);
    }
    accepted |= channel != null;
    return channel == null ? null : admit(processor, channel);
  }

  private @Nullable NioSession admit(IoProcessor<NioSession> processor, SocketChannel channel)
      throws IOException {
    InetAddress source = channel.socket().getInetAddress();
    if (source == null) {
      channel.close();
      return null; // already gone
    }
    boolean isProxy = proxies.test(source);
    Rejection limit = isProxy ? admission.enterUnnamed() : admission.enter(source);
    if (limit != null) {
      refusal.refuse(channel, limit);
      return null;
    }
    try {
      return AcceptedSession.of(this, processor, channel);
    } catch (IOException | RuntimeException | Error e) {
      leave(isProxy ? null : source);
      channel.close();
      throw e;
    }
  }

  /**
   * Handles a failed accept. Most likely no descriptor is left: the waiting client is refused by
   * means of the reserve descriptor, or its connection is returned if a descriptor is free by now.
   */
  private @Nullable SocketChannel shed(ServerSocketChannel handle, IOException cause)
      throws IOException {
    cannotAccept.log(
        "accept failed, connections are refused: cause=\"" + cause.getMessage() + '"' + SEE);
    spare.giveUp();
    try {
      SocketChannel channel = handle.accept();
      if (channel == null || spare.take()) {
        return channel;
      }
      refusal.refuse(channel, Rejection.DESCRIPTORS);
      accepted = true;
    } catch (ClosedChannelException unbound) {
      throw unbound;
    } catch (IOException again) {
      pause();
    } finally {
      spare.take();
    }
    return null;
  }

  /** Pauses: the listening socket stays ready, and nothing can be done about it. */
  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Binds an address for IPv4 alone. MINA's bind takes {@code 0.0.0.0} for all addresses of both
   * families, as an application's {@code new InetSocketAddress(port)} means it.
   *
   * @throws IOException if it cannot be bound
   */
  public void bindIpv4(InetSocketAddress address) throws IOException {
    ipv4 = address;
    bind(address);
  }

  /** Returns whether it listens on a socket that the process was started with. */
  public boolean isInherited() {
    return isInherited;
  }

  /** Opens a socket. An equal address that an application binds is another object. */
  @SuppressWarnings("ReferenceEquality")
  private ServerSocketChannel opened(SocketAddress address) throws Exception {
    return address == ipv4 ? ListeningSocket.openIpv4(this, address) : super.open(address);
  }

  @Override
  protected ServerSocketChannel open(SocketAddress localAddress) throws Exception {
    try {
      ServerSocketChannel inherited = InheritedSocket.take(this, localAddress);
      isInherited |= inherited != null;
      ServerSocketChannel handle = inherited == null ? opened(localAddress) : inherited;
      spare.take();
      return handle;
    } catch (Error e) { // otherwise bind would wait forever: MINA handles only exceptions
      throw new IOException(e);
    }
  }

  @Override
  protected void close(ServerSocketChannel handle) throws Exception {
    if (InheritedSocket.leave(this, handle)) {
      spare.giveUp();
      return;
    }
    try {
      if (handle.isRegistered()) { // false if the bind failed
        takeWaiting(handle);
      }
    } finally {
      super.close(handle);
      spare.giveUp();
    }
  }

  /** Accepts the waiting connections, up to the backlog, which would be reset otherwise. */
  private void takeWaiting(ServerSocketChannel handle) throws Exception {
    accepted = true;
    for (int taken = 0; accepted && taken <= getBacklog(); taken += MOST) {
      processHandles(new ArrayDeque<>(List.of(handle)).iterator());
    }
  }

  /** Releases its resources without a thread: it was never bound and never will be. */
  public void release() {
    try {
      destroy();
    } catch (Exception e) {
      failed.log("selector not closed", e);
    }
  }

  /** Returns its sessions' event loops. */
  public EventLoopGroup loops() {
    return loops;
  }

  /** Returns its admission. */
  public Admission admission() {
    return admission;
  }

  @Override
  public SessionLimits limits() {
    return limits;
  }

  @Override
  public void entered(IoSession session) {
    if (session.getRemoteAddress() instanceof InetSocketAddress peer
        && !proxies.test(peer.getAddress())) {
      SessionState.of(session).setSource(peer.getAddress());
    }
  }

  @Override
  public void left(IoSession session) {
    leave(SessionState.of(session).source());
  }

  private void leave(@Nullable InetAddress source) {
    if (source == null) {
      admission.leaveUnnamed();
    } else {
      admission.leave(source);
    }
  }

  /**
   * Counts a proxy's connection as its client's.
   *
   * @return null, or the refusal for a client beyond its limit
   */
  public byte @Nullable [] name(IoSession session, InetAddress client) {
    Rejection limit = admission.name(client);
    if (limit != null) {
      return refusal.lastMessage(client.getHostAddress(), peer(session), limit);
    }
    SessionState.of(session).setSource(client);
    return null;
  }

  private static @Nullable Endpoint peer(IoSession session) {
    Association association = Association.of(session);
    return association == null ? null : association.remote();
  }

  /** Returns each handle again as long as something was accepted. */
  private final class Repeating implements Iterator<ServerSocketChannel> {

    private final Iterator<ServerSocketChannel> handles;
    private @Nullable ServerSocketChannel current;
    private int times;

    Repeating(Iterator<ServerSocketChannel> handles) {
      this.handles = handles;
    }

    private boolean again() {
      return current != null && accepted && times < MOST;
    }

    @Override
    public boolean hasNext() {
      return again() || handles.hasNext();
    }

    @Override
    public ServerSocketChannel next() {
      if (!again()) {
        current = handles.next();
        times = 0;
      }
      if (current == null) {
        throw new NoSuchElementException();
      }
      times++;
      return current;
    }

    /** Removes the handle the first time: it is not selected any more, whatever happens. */
    @Override
    public void remove() {
      if (times == 1) {
        handles.remove();
      }
    }
  }
}
