package bench.parley;

import bench.shared.Ports;
import parley.codec.BytesCodecFactory;
import parley.protocol.Protocol;
import parley.server.Server;

/** Echo (RFC 862) on Parley. */
public final class EchoServer {

  public static void main(String[] args) throws Exception {
    var echo = Protocol.answering("echo", new BytesCodecFactory(), bytes -> bytes);
    Ports.listening(Server.serve("tcp://127.0.0.1:" + Ports.of(args), echo).endpoint().port());
  }
}
