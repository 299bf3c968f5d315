package parley.mina;

import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.FilterEvent;
import parley.endpoint.Endpoint;
import parley.internal.tls.TlsContext;
import parley.tls.TlsConfig;

/**
 * Speaks TLS with the peer, instead of MINA's SslFilter: it goes below the codec of an acceptor or
 * a connector that runs on Parley's event loops. One filter serves all sessions of its service.
 *
 * <pre>{@code
 * acceptor.getFilterChain().addLast("tls", TlsFilter.server("orders", TlsConfig.of(sslContext)));
 * acceptor.getFilterChain().addLast("codec", new ProtocolCodecFilter(new TextLineCodecFactory()));
 * }</pre>
 *
 * <p>Filters above see a session's creation after the handshake. They never see a session whose
 * handshake failed: its connect fails, or the log has a line. The peer's close_notify is an {@code
 * inputClosed}; an end without it is a CutShortException. {@code closeOnFlush} sends close_notify
 * after what was written. Messages that reach this filter are IoBuffers. A session without an event
 * loop of Parley's is refused. {@link parley.tls.Tls#of} returns what was agreed on.
 */
public final class TlsFilter extends IoFilterAdapter {

  private final IoFilter work;

  private TlsFilter(TlsContext context) {
    work = new parley.internal.tls.TlsFilter(context);
  }

  /**
   * Returns the filter of an acceptor.
   *
   * @param name the acceptor's, for the log
   * @throws IllegalArgumentException if the config is not one of a server
   */
  public static TlsFilter server(String name, TlsConfig config) {
    return new TlsFilter(TlsContext.ofListener(name, config));
  }

  /**
   * Returns the filter of a connector. It sets no bound on the handshake: bound the wait for the
   * ConnectFuture.
   *
   * @param host the name that the server's certificate must have, and that SNI sends
   * @param port the server's port, by which a TLS session is resumed
   * @throws IllegalArgumentException if the config is not one of a client
   */
  public static TlsFilter client(String host, int port, TlsConfig config) {
    return new TlsFilter(TlsContext.ofServer(config, new Endpoint("tls", host, port)));
  }

  @Override
  public void sessionCreated(NextFilter next, IoSession session) throws Exception {
    work.sessionCreated(next, session);
  }

  @Override
  public void sessionOpened(NextFilter next, IoSession session) throws Exception {
    work.sessionOpened(next, session);
  }

  @Override
  public void sessionClosed(NextFilter next, IoSession session) throws Exception {
    work.sessionClosed(next, session);
  }

  @Override
  public void sessionIdle(NextFilter next, IoSession session, IdleStatus status) throws Exception {
    work.sessionIdle(next, session, status);
  }

  @Override
  public void exceptionCaught(NextFilter next, IoSession session, Throwable cause)
      throws Exception {
    work.exceptionCaught(next, session, cause);
  }

  @Override
  public void inputClosed(NextFilter next, IoSession session) throws Exception {
    work.inputClosed(next, session);
  }

  @Override
  public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
    work.messageReceived(next, session, message);
  }

  @Override
  public void messageSent(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    work.messageSent(next, session, request);
  }

  @Override
  public void event(NextFilter next, IoSession session, FilterEvent event) throws Exception {
    work.event(next, session, event);
  }

  @Override
  public void filterWrite(NextFilter next, IoSession session, WriteRequest request)
      throws Exception {
    work.filterWrite(next, session, request);
  }

  @Override
  public void filterClose(NextFilter next, IoSession session) throws Exception {
    work.filterClose(next, session);
  }
}
