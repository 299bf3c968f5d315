package bench.vertx;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;

/** Frames of DNS over TCP: two bytes of length, then the message (RFC 1035 4.2.2). */
final class DnsFrames implements Handler<Buffer> {

  private final NetSocket socket;
  private final RecordParser parser;
  private final Handler<byte[]> messages;
  private boolean inMessage;

  private DnsFrames(NetSocket socket, Handler<byte[]> messages) {
    this.socket = socket;
    this.parser = RecordParser.newFixed(2, socket);
    this.messages = messages;
  }

  static void read(NetSocket socket, Handler<byte[]> messages) {
    DnsFrames frames = new DnsFrames(socket, messages);
    frames.parser.handler(frames);
  }

  static Buffer frame(byte[] message) {
    return Buffer.buffer(2 + message.length)
        .appendUnsignedShort(message.length)
        .appendBytes(message);
  }

  @Override
  public void handle(Buffer part) {
    int length = inMessage ? 2 : part.getUnsignedShort(0);
    if (length == 0) {
      socket.close();
      return;
    }
    parser.fixedSizeMode(length);
    if (inMessage) {
      messages.handle(part.getBytes());
    }
    inMessage = !inMessage;
  }
}
