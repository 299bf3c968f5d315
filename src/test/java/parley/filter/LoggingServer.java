package parley.filter;

import org.apache.mina.core.session.IoSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.Peer;
import parley.Servers;
import parley.endpoint.Association;
import parley.protocol.AnswerHandler;
import parley.server.Server;

/**
 * Logs a line in a session's event and one outside, in a process of its own: the first line of the
 * output is the association.
 */
final class LoggingServer {

  private static final Logger LOG = LoggerFactory.getLogger(LoggingServer.class);

  private LoggingServer() {}

  /** With an argument, another library of the process logs by Log4j itself. */
  public static void main(String[] args) throws Exception {
    Runnable byLog4j = args.length == 0 ? () -> {} : new ByLog4j();
    byLog4j.run();
    AnswerHandler<String> handler =
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
  }

  /** In a class of its own: Log4j may not be there. */
  private static final class ByLog4j implements Runnable {
    @Override
    public void run() {
      org.apache.logging.log4j.LogManager.getLogger("library").warn("by Log4j");
    }
  }
}
