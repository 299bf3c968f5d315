package parley.internal.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of early data in a handshake of one client. A client that has a ticket of
 * another server may send some with its ClientHello; a server that does not know the ticket skips
 * them (RFC 8446, 4.2.10). The RFC finds their end by trying to decrypt, which ends the JDK's
 * engine. So the client's own record, its Finished, is found by its length, which is known where
 * the client has no certificate to show.
 */
final class EarlyData {

  private static final int MOST = 1 << 16;
  private static final int BEFORE_SESSION_ID =
      Records.HEADER + 4 + 2 + 32; // type and length, version, random
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
      return false; // the client is asked for another ClientHello
    }
    int hash = handshake.getCipherSuite().endsWith("SHA384") ? 48 : 32;
    return record.remaining() == Records.HEADER + OF_FINISHED + hash;
  }

  /** Whether a ClientHello offers early data. The engine refuses one that is malformed. */
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
      return false; // also where all extensions are skipped
    }
  }

  private static void skip(ByteBuffer hello, int count) {
    hello.position(hello.position() + count);
  }
}
