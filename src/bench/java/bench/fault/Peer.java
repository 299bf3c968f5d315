package bench.fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A plain socket. Each wait lasts at most the patience. After that the fault's rule is broken. */
final class Peer implements AutoCloseable {

  /** The patience with a server that has no deadline. */
  static final int PATIENCE_MILLIS = 20_000;

  static final String BANNER = "Hello, World!";

  private final Socket socket;
  private final InputStream in;

  private Peer(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream());
  }

  static Peer of(Subject subject) throws IOException {
    return of(subject, 0, "127.0.0.1");
  }

  /**
   * Connects.
   *
   * @param receiveBuffer SO_RCVBUF in bytes, or 0 for the system's
   * @param from the local address
   */
  static Peer of(Subject subject, int receiveBuffer, String from) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.bind(new InetSocketAddress(from, 0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", subject.port()), PATIENCE_MILLIS);
    return new Peer(socket);
  }

  /** Limits each wait to a second. */
  Peer impatient() throws IOException {
    socket.setSoTimeout(1000);
    return this;
  }

  Peer greeted() throws IOException, BrokenException {
    String banner = line();
    Fault.check(banner.equals(BANNER), "banner: %s", banner);
    return this;
  }

  Peer send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  Peer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  Peer urgent(int data) throws IOException {
    socket.sendUrgentData(data);
    return this;
  }

  Peer halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Returns the next line, or the remaining bytes at the end of the stream. */
  String line() throws IOException, BrokenException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = read(); b >= 0 && b != '\n'; b = read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  int read() throws IOException, BrokenException {
    try {
      return in.read();
    } catch (SocketTimeoutException e) {
      throw new BrokenException("no answer for " + socket.getSoTimeout() / 1000 + " s");
    }
  }

  /** Returns everything until the end of the stream; a reset counts as one. */
  String rest() throws BrokenException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = read(); b >= 0; b = read()) {
        all.write(b);
      }
    } catch (IOException reset) {
      // a reset ends the stream, too
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** Returns whether the server ended the connection within the patience; drops its data. */
  boolean isEnded() throws IOException {
    try {
      while (in.read() >= 0) {
        // on
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Returns whether there is something to read. */
  boolean hasBytes() throws IOException {
    return in.available() > 0;
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
