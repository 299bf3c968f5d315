package parley.mina;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.apache.mina.transport.socket.nio.NioSocketConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.Logs;
import parley.tls.KeyStores;
import parley.tls.Tls;
import parley.tls.TlsConfig;

/** MINA's own acceptor, connector and codec, with Parley's event loops and TLS. */
class TlsFilterTest {

  private static final int LINES = 1000;
  private static final String LAST = "quit";

  @TempDir static Path temp;
  private static SSLContext context;

  private final EventLoops loops = new EventLoops(1);
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private NioSocketAcceptor acceptor = new NioSocketAcceptor(loops.processor());
  private NioSocketConnector connector = new NioSocketConnector(loops.processor());

  @BeforeAll
  static void context() throws Exception {
    KeyStore keys = KeyStores.make(temp, "own");
    context = KeyStores.context(keys, keys);
  }

  @AfterEach
  void dispose() {
    acceptor.dispose();
    connector.dispose();
    loops.close();
  }

  private static void fill(DefaultIoFilterChainBuilder chain, IoFilter tls) {
    chain.addLast("tls", tls);
    chain.addLast("codec", new ProtocolCodecFilter(new TextLineCodecFactory()));
  }

  private int bind() throws Exception {
    fill(acceptor.getFilterChain(), TlsFilter.server("lines", TlsConfig.of(context)));
    acceptor.setHandler(
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line + " by " + Tls.of(session).getProtocol());
            if (line.equals(LAST)) {
              session.closeOnFlush();
            }
          }

          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            ended.completeExceptionally(cause);
          }
        });
    acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
    return acceptor.getLocalAddress().getPort();
  }

  private ConnectFuture connect(int port, String host, IoHandlerAdapter handler) throws Exception {
    fill(connector.getFilterChain(), TlsFilter.client(host, port, TlsConfig.of(context)));
    connector.setHandler(handler);
    return connector.connect(new InetSocketAddress("127.0.0.1", port)).await();
  }

  /** Messages from another thread are answered in order, until both sides send a close_notify. */
  @Test
  void bothSidesSpeakTls() throws Exception {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            answers.add(line);
          }

          @Override
          public void inputClosed(IoSession session) {
            ended.complete("by close_notify");
            session.closeNow();
          }

          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            ended.completeExceptionally(cause);
          }
        };
    IoSession session = connect(bind(), "localhost", handler).getSession();
    for (int i = 0; i < LINES; i++) {
      session.write("line " + i);
    }
    for (int i = 0; i < LINES; i++) {
      assertThat(answers.take()).isEqualTo("line " + i + " by TLSv1.3");
    }
    session.write(LAST);
    assertThat(answers.take()).isEqualTo("quit by TLSv1.3");
    assertThat(ended.get()).isEqualTo("by close_notify");
    session.getCloseFuture().await();
  }

  @Test
  void aConnectFailsIfItsHandshakeFails() throws Exception {
    ConnectFuture future = connect(bind(), "other.example.org", new IoHandlerAdapter());
    assertThat(future.getException()).hasMessageContaining("TLS: wrong host: ");
  }

  /**
   * Writes from other threads would be out of order there, and no deadline would end the session.
   */
  @Test
  void aSessionOfAnotherLoopIsRefused() throws Exception {
    String refusal = "TLS: no event loop of Parley's (expected: a service that runs on EventLoops)";
    int port = bind();
    connector.dispose();
    connector = new NioSocketConnector(1);
    assertThat(connect(port, "localhost", new IoHandlerAdapter()).getException())
        .hasMessage(refusal);
    acceptor.dispose();
    acceptor = new NioSocketAcceptor(1);
    try (Logs logs = Logs.capture()) {
      int other = bind();
      connector.dispose();
      connector = new NioSocketConnector(1);
      connector.setHandler(new IoHandlerAdapter());
      connector.connect(new InetSocketAddress("127.0.0.1", other)).await();
      logs.await("INFO", line -> line.endsWith("reason=refused detail=\"" + refusal + "\""));
    }
  }
}
