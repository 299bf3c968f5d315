package parley.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** Does a listener's handshake in memory, with a client that takes any certificate. */
final class Trial {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int ROOM = 1 << 18;
  private static final int MOST_STEPS = 100;

  private Trial() {}

  /**
   * Throws why the listener can do no handshake.
   *
   * @param spoken sets the versions and ciphers of both sides
   */
  static void of(SSLContext listener, UnaryOperator<SSLParameters> spoken)
      throws GeneralSecurityException, SSLException {
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, new TrustManager[] {new TrustAll()}, null);
    SSLEngine client = engine(any, true, spoken);
    SSLEngine server = engine(listener, false, spoken);
    ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    for (int i = 0; i < MOST_STEPS && (isAtIt(client) || isAtIt(server)); i++) {
      try {
        step(client, toClient, toServer);
      } catch (SSLException itsOwn) {
        return; // another client may take what this one does not, such as a longer certificate
      }
      step(server, toServer, toClient);
    }
  }

  private static SSLEngine engine(
      SSLContext context, boolean isClient, UnaryOperator<SSLParameters> spoken)
      throws SSLException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(isClient);
    engine.setSSLParameters(spoken.apply(engine.getSSLParameters()));
    engine.beginHandshake();
    return engine;
  }

  private static boolean isAtIt(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> engine.wrap(NOTHING, out);
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        engine.unwrap(in.flip(), NOTHING);
        in.compact();
      }
      default -> {}
    }
  }
}
