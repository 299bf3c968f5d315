package parley.internal.chain;

import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.endpoint.Association;
import parley.protocol.AnswerHandler;
import parley.proxy.ProxyConfig;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * Logs one line in a session's event, one outside it, and one in the event that brings a proxy's
 * header, in a process of its own. It prints the association before it logs.
 */
final class LoggingServer {

  private static final Logger LOG = LoggerFactory.getLogger(LoggingServer.class);

  private LoggingServer() {}

  /** With an argument, another library of the process logs through Log4j directly. */
  public static void main(String[] args) throws Exception {
    Runnable byLog4j = args.length == 0 ? () -> {} : new ByLog4j();
    byLog4j.run();
    AnswerHandler<String, String> handler =
        AnswerHandler.of(
            (IoSession session, String line) -> {
              System.out.println(Association.of(session));
              LOG.warn("inside");
              byLog4j.run();
              return line;
            });
    try (Server server = Servers.lines(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("a\n").line();
      LOG.warn("outside");
    }
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler),
                listener -> listener.proxyProtocol(ProxyConfig.TRUSTED, List.of("127.0.0.1")));
        Peer peer = Servers.peer(server)) {
      peer.send("PROXY TCP4 192.0.2.1 192.0.2.2 9 10\r\nb\n").line();
    }
  }

  /** A class of its own, because Log4j may be missing. */
  private static final class ByLog4j implements Runnable {
    @Override
    public void run() {
      org.apache.logging.log4j.LogManager.getLogger("library").warn("by Log4j");
    }
  }
}
