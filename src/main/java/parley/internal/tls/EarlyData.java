package parley.internal.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of early data in one client's handshake. A client that has a ticket of another
 * server may send some with its ClientHello; a server that does not know the ticket skips them (RFC
 * 8446, 4.2.10). The RFC finds their end by trial decryption, which would end the JDK's engine. So
 * this class recognises the client's own record, its Finished, by its length, which is known if the
 * client shows no certificate.
 */
final class EarlyData {

  private static final int MOST = 1 << 16;
  private static final int BEFORE_SESSION_ID =
      Records.HEADER + 4 + 2 + 32; // type and length, version, random
  private static final int CLIENT_HELLO = 1;
  private static final int EXTENSION = 42;

  /**
   * The overhead of an encrypted Finished beside its hash: type and length, the inner type, the
   * tag.
   */
  private static final int OF_FINISHED = 4 + 1 + 16;

  private boolean isOffered;
  private int skipped;

  /**
   * Returns whether a record of a handshake is early data, which must be skipped.
   *
   * @param handshake the parameters that the engine has agreed on so far, null before its
   *     ServerHello
   * @throws SSLException if there was too much early data
   */
  boolean isIn(ByteBuffer record, @Nullable SSLSession handshake) throws SSLException {
    int type = Records.type(record);
    isOffered |= type == Records.HANDSHAKE && offers(record.duplicate());
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
      return false; // the client has to send another ClientHello
    }
    int hash = handshake.getCipherSuite().endsWith("SHA384") ? 48 : 32;
    return record.remaining() == Records.HEADER + OF_FINISHED + hash;
  }

  /** Returns whether a ClientHello offers early data. The engine refuses a malformed one. */
  private static boolean offers(ByteBuffer hello) {
    try {
      if (hello.get(hello.position() + Records.HEADER) != CLIENT_HELLO) {
        return false;
      }
      hello.position(hello.position() + BEFORE_SESSION_ID);
      skip(hello, hello.get() & 0xFF);
      skip(hello, hello.getShort() & 0xFFFF); // cipher suites
      skip(hello, hello.get() & 0xFF); // compression methods
      hello.getShort();
      while (hello.getShort() != EXTENSION) {
        skip(hello, hello.getShort() & 0xFFFF);
      }
      return true;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return false; // also if all extensions are skipped
    }
  }

  private static void skip(ByteBuffer hello, int count) {
    hello.position(hello.position() + count);
  }
}
