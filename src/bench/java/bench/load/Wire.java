package bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of one connection: plain, or under TLS if this process was started with TLS. */
class Wire {

  final SocketChannel channel;

  Wire(SocketChannel channel) {
    this.channel = channel;
  }

  static Wire of(SocketChannel channel) throws IOException {
    return TlsWire.CONTEXT == null ? new Wire(channel) : new TlsWire(channel);
  }

  /** Called once, when the channel is connected. */
  void begin() throws IOException {}

  /** Sends some bytes; returns how many were taken. */
  int write(ByteBuffer bytes) throws IOException {
    return channel.write(bytes);
  }

  /** Sends the bytes that were taken and not yet sent. */
  void flush() throws IOException {}

  /** Returns whether bytes that were taken are not yet sent. */
  boolean hasUnsent() {
    return false;
  }

  /** Reads the bytes that have arrived; returns a negative number at the end. */
  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Returns whether there is more to read that the channel does not signal. */
  boolean hasMore() {
    return false;
  }

  void endOutput() throws IOException {
    channel.shutdownOutput();
  }
}
