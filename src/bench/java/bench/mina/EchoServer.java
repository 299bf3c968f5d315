package bench.mina;

import bench.shared.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/** Echo (RFC 862) on stock MINA. */
public final class EchoServer extends IoHandlerAdapter {

  public static void main(String[] args) throws IOException {
    NioSocketAcceptor acceptor = new NioSocketAcceptor();
    acceptor.setReuseAddress(true);
    acceptor.getSessionConfig().setTcpNoDelay(true);
    acceptor.setHandler(new EchoServer());
    acceptor.bind(new InetSocketAddress("127.0.0.1", Ports.of(args)));
    Ports.listening(acceptor.getLocalAddress().getPort());
  }

  @Override
  public void messageReceived(IoSession session, Object bytes) {
    session.write(((IoBuffer) bytes).duplicate());
  }

  @Override
  public void inputClosed(IoSession session) {
    session.closeOnFlush();
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    session.closeNow();
  }
}
