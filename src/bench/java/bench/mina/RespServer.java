package bench.mina;

import bench.shared.Ports;
import bench.shared.RespCommands;
import bench.shared.RespReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.ProtocolDecoderException;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/** The Redis protocol on stock MINA. */
public final class RespServer extends IoHandlerAdapter {

  private static final String ENDING = "ending";

  private final RespCommands commands = new RespCommands();

  public static void main(String[] args) throws IOException {
    NioSocketAcceptor acceptor = new NioSocketAcceptor();
    acceptor.setReuseAddress(true);
    acceptor.getSessionConfig().setTcpNoDelay(true);
    acceptor
        .getFilterChain()
        .addLast("codec", new ProtocolCodecFilter(new RespEncoder(), new RespDecoder()));
    acceptor.setHandler(new RespServer());
    acceptor.bind(new InetSocketAddress("127.0.0.1", Ports.of(args)));
    Ports.listening(acceptor.getLocalAddress().getPort());
  }

  @Override
  @SuppressWarnings("unchecked")
  public void messageReceived(IoSession session, Object message) {
    List<byte[]> command = (List<byte[]>) message;
    if (command.isEmpty() || session.containsAttribute(ENDING)) {
      return;
    }
    session.write(commands.execute(command));
    if (RespCommands.isQuit(command)) {
      session.setAttribute(ENDING);
      session.closeOnFlush();
    }
  }

  @Override
  public void inputClosed(IoSession session) {
    session.closeOnFlush();
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    if (cause instanceof ProtocolDecoderException) {
      session.write(new RespReply.SimpleError("ERR Protocol error: malformed command"));
    }
    session.setAttribute(ENDING);
    session.closeOnFlush();
  }
}
