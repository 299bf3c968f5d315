package bench.parley;

import java.nio.charset.StandardCharsets;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import parley.codec.LineCodecFactory;
import parley.protocol.Protocol;
import parley.server.BindException;

/** The greeting on Parley with an IoHandler that calls session.write, as any MINA handler does. */
public final class HandlerServer extends IoHandlerAdapter {

  private HandlerServer() {}

  public static void main(String[] args) throws BindException {
    LineCodecFactory lines = new LineCodecFactory(StandardCharsets.UTF_8, 8192);
    Protocol<String, String> greeting =
        Protocol.withHandler("greeting", lines, new HandlerServer());
    GreetingServer.serve(args, GreetingServer.listener(args, greeting));
  }

  @Override
  public void sessionOpened(IoSession session) {
    session.write("Hello, World!");
  }

  @Override
  public void messageReceived(IoSession session, Object name) {
    session.write("Hello, " + name + "!");
  }
}
