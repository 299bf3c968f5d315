package parley.mina;

import org.apache.mina.core.filterchain.IoFilter;
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
public final class TlsFilter {

  private TlsFilter() {}

  /**
   * Returns the filter of an acceptor.
   *
   * @param name the acceptor's, for the log
   * @throws IllegalArgumentException if the config is not one of a server
   */
  public static IoFilter server(String name, TlsConfig config) {
    return new parley.internal.tls.TlsEngineFilter(TlsContext.ofListener(name, config));
  }

  /**
   * Returns the filter of a connector. It sets no bound on the handshake: bound the wait for the
   * ConnectFuture.
   *
   * @param host the name that the server's certificate must have, and that SNI sends
   * @param port the server's port, by which a TLS session is resumed
   * @throws IllegalArgumentException if the config is not one of a client
   */
  public static IoFilter client(String host, int port, TlsConfig config) {
    return new parley.internal.tls.TlsEngineFilter(
        TlsContext.ofServer(config, new Endpoint("tls", host, port)));
  }
}
