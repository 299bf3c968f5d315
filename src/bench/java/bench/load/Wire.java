package bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of one connection: as they are, or under TLS where this process was told so. */
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

  /** Sends on what was taken and is still here. */
  void flush() throws IOException {}

  /** Whether something that was taken is still here. */
  boolean hasUnsent() {
    return false;
  }

  /** What has come; less than 0 at the end. */
  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Whether there is more to read here, of which the channel says nothing. */
  boolean hasMore() {
    return false;
  }

  void endOutput() throws IOException {
    channel.shutdownOutput();
  }
}
