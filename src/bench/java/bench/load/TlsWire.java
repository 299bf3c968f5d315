package bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * TLS 1.3 by the JDK's engine, with one cipher suite for all servers; each handshake is a full one.
 * It trusts any server, because all run on this machine.
 */
final class TlsWire extends Wire {

  static final SSLContext CONTEXT = System.getProperty("tls") == null ? null : context();

  private static final int LONGEST_RECORD = 17_000;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine = CONTEXT.createSSLEngine();
  private final ByteBuffer in = ByteBuffer.allocate(1 << 17).flip();
  private ByteBuffer out = ByteBuffer.allocate(1 << 15).flip();
  private boolean lacks;

  TlsWire(SocketChannel channel) {
    super(channel);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {"TLSv1.3"});
    engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
  }

  private static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Any()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void begin() throws IOException {
    engine.beginHandshake();
    goOn();
  }

  private void goOn() throws IOException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        wrap(NOTHING);
      } else {
        flush();
        return;
      }
    }
  }

  private void wrap(ByteBuffer bytes) throws IOException {
    if (out.capacity() - out.remaining() < LONGEST_RECORD) {
      out = ByteBuffer.allocate(2 * out.capacity()).put(out).flip();
    }
    out.compact();
    engine.wrap(bytes, out);
    out.flip();
  }

  @Override
  void flush() throws IOException {
    if (out.hasRemaining()) {
      channel.write(out);
    }
  }

  @Override
  int write(ByteBuffer bytes) throws IOException {
    flush();
    if (out.hasRemaining()) {
      return 0;
    }
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      wrap(bytes);
    }
    flush();
    return count;
  }

  @Override
  boolean hasUnsent() {
    return out.hasRemaining();
  }

  @Override
  int read(ByteBuffer into) throws IOException {
    if (!in.hasRemaining() || lacks) {
      int count = channel.read(in.compact());
      in.flip();
      if (count < 0) {
        return count;
      }
    }
    lacks = false;
    int before = into.position();
    while (in.hasRemaining() && !lacks && into.remaining() >= LONGEST_RECORD) {
      SSLEngineResult result = engine.unwrap(in, into);
      lacks = result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW;
      goOn();
      if (engine.isInboundDone()) {
        return into.position() > before ? into.position() - before : -1;
      }
    }
    return into.position() - before;
  }

  @Override
  boolean hasMore() {
    return in.hasRemaining() && !lacks;
  }

  @Override
  void endOutput() throws IOException {
    engine.closeOutbound();
    goOn();
    channel.shutdownOutput(); // Netty closes only after a FIN
  }

  /** Accepts any certificate. */
  private static final class Any implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
