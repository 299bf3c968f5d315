package parley.internal.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of early data in a handshake of one client. It may have a ticket of another
 * server, and sends data with it at once; a server that does not know the ticket skips that (RFC
 * 8446, 4.2.10). The RFC tells it by trying to decrypt, which ends the JDK's engine. So the
 * client's own record, its Finished, is told by its length: that is known where the client has no
 * certificate to show.
 */
final class EarlyData {

  private static final int MOST = 1 << 16;
  private static final int HEADER = 5;
  private static final int BEFORE_SESSION_ID =
      HEADER + 4 + 2 + 32; // type and length, version, random
  private static final int CLIENT_HELLO = 1;
  private static final int EXTENSION = 42;

  /** Of an encrypted Finished, beside its hash: type and length, the inner type, the tag. */
  private static final int OF_FINISHED = 4 + 1 + 16;

  private boolean isOffered;
  private int skipped;

  /**
   * Whether a record of a handshake is early data, to be skipped.
   *
   * @param handshake what the engine has agreed on by now, null before its ServerHello
   * @throws SSLException if there was too much of it
   */
  boolean isIn(ByteBuffer record, @Nullable SSLSession handshake) throws SSLException {
    int type = Records.type(record);
    if (type == Records.HANDSHAKE && !isOffered) {
      isOffered = offers(record.duplicate());
    }
    if (type != Records.DATA || !isOffered || isFinished(record, handshake)) {
      return false;
    }
    skipped += record.remaining();
    if (skipped > MOST) {
      throw new SSLException("more than " + MOST + " bytes of early data");
    }
    return true;
  }

  private static boolean isFinished(ByteBuffer record, @Nullable SSLSession handshake) {
    if (handshake == null) {
      return false; // the client is asked for another ClientHello
    }
    int hash = handshake.getCipherSuite().endsWith("SHA384") ? 48 : 32;
    return record.remaining() == HEADER + OF_FINISHED + hash;
  }

  /** Whether it is a ClientHello that says so; one that is malformed is the engine's to refuse. */
  private static boolean offers(ByteBuffer hello) {
    try {
      if (hello.get(hello.position() + HEADER) != CLIENT_HELLO) {
        return false;
      }
      hello.position(hello.position() + BEFORE_SESSION_ID);
      skip(hello, hello.get() & 0xFF);
      skip(hello, hello.getShort() & 0xFFFF); // cipher suites
      skip(hello, hello.get() & 0xFF); // compression methods
      hello.getShort();
      while (hello.hasRemaining()) {
        if (hello.getShort() == EXTENSION) {
          return true;
        }
        skip(hello, hello.getShort() & 0xFFFF);
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return false;
    }
    return false;
  }

  private static void skip(ByteBuffer hello, int count) {
    hello.position(hello.position() + count);
  }
}
