package bench.mina;

import bench.shared.DnsAnswers;
import bench.shared.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/** DNS over TCP (RFC 7766) on stock MINA: each answer is sent as soon as it is ready. */
public final class DnsServer extends IoHandlerAdapter {

  public static void main(String[] args) throws IOException {
    NioSocketAcceptor acceptor = new NioSocketAcceptor();
    acceptor.setReuseAddress(true);
    acceptor.getSessionConfig().setTcpNoDelay(true);
    acceptor.getFilterChain().addLast("codec", new DnsCodecFilter());
    acceptor.setHandler(new DnsServer());
    acceptor.bind(new InetSocketAddress("127.0.0.1", Ports.of(args)));
    Ports.listening(acceptor.getLocalAddress().getPort());
  }

  @Override
  public void messageReceived(IoSession session, Object query) {
    DnsAnswers.answer((byte[]) query)
        .thenAccept(session::write)
        .exceptionally(
            failure -> {
              session.closeNow();
              return null;
            });
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    session.closeNow();
  }
}
