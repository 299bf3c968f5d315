package bench.parley;

import bench.shared.Figures;
import bench.shared.Ports;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.BindException;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.tls.TlsConfig;

/** Parley's own greeting, an AnswerHandler, with all protections that are on by default. */
public final class GreetingServer {

  private GreetingServer() {}

  public static void main(String[] args) throws BindException {
    ListenerConfig.Builder listener = listener(args, new GreetingProtocol());
    serve(args, listener.set(GreetingProtocol.MAX_LINE, 8192));
  }

  static ListenerConfig.Builder listener(String[] args, Protocol<?, ?> protocol) {
    String certs = System.getProperty("tls");
    String scheme = certs == null ? "tcp" : "tls";
    Endpoint endpoint = Endpoint.parse(scheme + "://127.0.0.1:" + Ports.of(args));
    ListenerConfig.Builder listener = ListenerConfig.builder("greeting", endpoint, protocol);
    return certs == null
        ? listener
        : listener
            .tls(TlsConfig.CERTIFICATE, certs + "/server.pem")
            .tls(TlsConfig.KEY, certs + "/server.key");
  }

  static void serve(String[] args, ListenerConfig.Builder listener) throws BindException {
    ServerConfig config =
        ServerConfig.builder().listener(listener.build()).eventLoops(Ports.loops(args)).build();
    Ports.listening(new Server(config).start().endpoint().port());
    Figures.answer();
  }
}
