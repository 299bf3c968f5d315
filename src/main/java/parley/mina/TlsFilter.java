package parley.mina;

import org.apache.mina.core.filterchain.IoFilter;
import parley.endpoint.Endpoint;
import parley.internal.tls.TlsContext;
import parley.tls.TlsConfig;

/**
 * The TLS filter for the chain of an acceptor or a connector that runs on Parley's event loops,
 * instead of MINA's SslFilter. It goes below the codec. One filter serves all sessions of its
 * service.
 *
 * <pre>{@code
 * acceptor.getFilterChain().addLast("tls", TlsFilter.server("orders", TlsConfig.of(sslContext)));
 * acceptor.getFilterChain().addLast("codec", new ProtocolCodecFilter(new TextLineCodecFactory()));
 * }</pre>
 *
 * <p>Filters above see a session's creation after the handshake. They never see a session whose
 * handshake failed: its connect fails, or a log line reports it. The peer's close_notify causes
 * {@code inputClosed}; an end without it causes a CutShortException. {@code closeOnFlush} sends
 * close_notify after everything written before. Messages that reach this filter must be IoBuffers.
 * It rejects a session that does not run on a Parley event loop. {@link parley.tls.Tls#of} returns
 * the result of the handshake.
 */
public final class TlsFilter {

  private TlsFilter() {}

  /**
   * Returns the filter of an acceptor.
   *
   * @param name the acceptor's name, for the log
   * @param config the TLS configuration of a server
   * @return the filter
   * @throws IllegalArgumentException if the config is not valid for a server
   */
  public static IoFilter server(String name, TlsConfig config) {
    return new parley.internal.tls.TlsEngineFilter(TlsContext.ofListener(name, config));
  }

  /**
   * Returns the filter of a connector. It does not limit the time of the handshake, so limit the
   * wait for the ConnectFuture.
   *
   * @param host the name that the server's certificate must have, and that SNI sends
   * @param port the server's port, which identifies TLS sessions for resumption
   * @param config the TLS configuration of a client
   * @return the filter
   * @throws IllegalArgumentException if the config is not valid for a client
   */
  public static IoFilter client(String host, int port, TlsConfig config) {
    return new parley.internal.tls.TlsEngineFilter(
        TlsContext.ofServer(config, new Endpoint("tls", host, port)));
  }
}
