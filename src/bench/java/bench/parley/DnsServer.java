package bench.parley;

import bench.shared.Ports;
import parley.server.Server;

/** Answers DNS queries over TCP on Parley. */
public final class DnsServer {

  public static void main(String[] args) throws Exception {
    Server server = Server.serve("tcp://127.0.0.1:" + Ports.of(args), DnsProtocol.DNS);
    Ports.listening(server.endpoint().port());
  }
}
