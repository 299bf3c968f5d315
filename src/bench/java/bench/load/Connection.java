package bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection of a loop: which requests were sent and which answers checked. Offsets count the
 * bytes of the answers after the banner.
 */
final class Connection {

  final int number;
  final SocketChannel channel;
  final Wire wire;
  final Batches batches;
  SelectionKey key;

  private final Names names;
  private final int first;
  private int bannerLeft = Names.BANNER.length;

  /** The number of recorded answers, for a loop that needs it. */
  long recorded;

  private long toSend;
  private long sent;
  private long received;
  private boolean ending;
  private long seen = Long.MIN_VALUE;

  /**
   * Creates a connection.
   *
   * @param first the name that it begins with
   * @param batches when its requests were sent; null if the loop does not need it
   */
  Connection(int number, Wire wire, Names names, int first, Batches batches) {
    this.number = number;
    this.wire = wire;
    this.channel = wire.channel;
    this.names = names;
    this.first = first % names.count;
    this.batches = batches;
  }

  boolean greeted() {
    return bannerLeft == 0;
  }

  /** Returns the number of complete answers. */
  long answered() {
    return received / names.answerBytes;
  }

  /** Returns the number of requests that were sent or wait for the kernel to take them. */
  long asked() {
    return toSend / names.requestBytes;
  }

  boolean inFlight() {
    return !greeted() || received < asked() * names.answerBytes;
  }

  /**
   * Sends requests up to that total; the bytes that the kernel does not accept now are sent later.
   */
  void askUntil(long requests) throws IOException {
    toSend = requests * names.requestBytes;
    send();
  }

  /** Sends the waiting bytes; call it when the channel is writable. */
  void send() throws IOException {
    while (sent < toSend) {
      int length = (int) Math.min(toSend - sent, Names.AT_ONCE_BYTES);
      int taken = wire.write(names.requests(first, sent, length));
      sent += taken;
      if (taken < length) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
    }
    if (wire.hasUnsent()) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } else if ((key.interestOps() & SelectionKey.OP_WRITE) != 0) {
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  /**
   * Reads once, and checks each byte.
   *
   * @return the number of bytes read; negative at the end of the stream
   */
  int receive(ByteBuffer in) throws IOException {
    int length = wire.read(in.clear());
    if (length > 0) {
      in.flip();
      if (bannerLeft > 0) {
        checkBanner(in);
      }
      if (in.hasRemaining()) {
        check(in);
      }
    }
    return length;
  }

  private void checkBanner(ByteBuffer in) {
    int from = Names.BANNER.length - bannerLeft;
    int length = Math.min(bannerLeft, in.remaining());
    ByteBuffer expected = ByteBuffer.wrap(Names.BANNER, from, bannerLeft);
    for (int i = 0; i < length; i++) {
      if (expected.get(from + i) != in.get(i)) {
        throw new WrongAnswerException(number, from - Names.BANNER.length, expected, in);
      }
    }
    bannerLeft -= length;
    in.position(length);
  }

  private void check(ByteBuffer in) {
    int length = in.remaining();
    ByteBuffer expected = names.answers(first, received, length);
    int wrong = in.mismatch(expected);
    if (wrong >= 0) {
      in.position(in.position() + wrong);
      expected.position(expected.position() + wrong);
      throw new WrongAnswerException(number, received + wrong, expected, in);
    }
    received += length;
    long asked = asked() * names.answerBytes;
    if (received > asked) {
      in.position(in.limit() - (int) (received - asked));
      throw new WrongAnswerException(
          number, asked, "nothing: all is answered", WrongAnswerException.text(in));
    }
  }

  /** Returns the exception for a stream that ended early. */
  WrongAnswerException endedEarly() {
    return missing("the end of the stream");
  }

  /** Half-closes, as no more requests follow; the server must then close. */
  void endOutput() throws IOException {
    ending = true;
    wire.endOutput();
  }

  /**
   * Returns whether it still waits for an answer or the end, as at the previous call, and nothing
   * has arrived since.
   */
  boolean stalled() {
    long progress = received - bannerLeft;
    boolean owed = channel.isOpen() && (ending || inFlight());
    boolean stalled = owed && seen == progress;
    seen = owed ? progress : Long.MIN_VALUE;
    return stalled;
  }

  WrongAnswerException missing(String got) {
    ByteBuffer expected =
        greeted()
            ? names.answers(first, received, names.answerBytes)
            : ByteBuffer.wrap(Names.BANNER, Names.BANNER.length - bannerLeft, bannerLeft);
    return new WrongAnswerException(
        number, received - bannerLeft, WrongAnswerException.text(expected), got);
  }
}
