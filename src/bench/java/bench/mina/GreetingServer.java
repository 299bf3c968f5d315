package bench.mina;

import bench.shared.Figures;
import bench.shared.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/** The greeting on stock MINA. */
public final class GreetingServer extends IoHandlerAdapter {

  public static void main(String[] args) throws IOException {
    TextLineCodecFactory lines =
        new TextLineCodecFactory(StandardCharsets.UTF_8, LineDelimiter.UNIX, LineDelimiter.UNIX);
    lines.setDecoderMaxLineLength(8192);
    NioSocketAcceptor acceptor = new NioSocketAcceptor(Ports.loops(args));
    acceptor.getFilterChain().addLast("codec", new ProtocolCodecFilter(lines));
    acceptor.setReuseAddress(true);
    acceptor.setBacklog(1024);
    acceptor.getSessionConfig().setTcpNoDelay(true);
    acceptor.setHandler(new GreetingServer());
    acceptor.bind(new InetSocketAddress("127.0.0.1", Ports.of(args)));
    Ports.listening(acceptor.getLocalAddress().getPort());
    Figures.answer();
  }

  @Override
  public void sessionOpened(IoSession session) {
    session.write("Hello, World!");
  }

  @Override
  public void messageReceived(IoSession session, Object name) {
    session.write("Hello, " + name + "!");
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
