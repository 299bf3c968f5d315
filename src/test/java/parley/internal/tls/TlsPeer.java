package parley.internal.tls;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import parley.endpoint.Endpoint;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** A client that is an SSLEngine on a plain socket, so that a test decides which bytes go when. */
public final class TlsPeer implements Closeable {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Peer peer;
  private final SSLEngine engine;
  private final ByteBuffer net = ByteBuffer.allocate(1 << 20).flip();
  private final ByteBuffer plain = ByteBuffer.allocate(1 << 20).flip();
  private boolean ended;
  private long received;

  private TlsPeer(Endpoint endpoint, SSLEngine engine) throws IOException {
    this.peer = Peer.connect(endpoint);
    this.engine = engine;
    engine.setUseClientMode(true);
  }

  /** Connects as a client with a certificate, without a handshake yet. */
  public static TlsPeer connect(Server server, String version) throws Exception {
    return of(Servers.endpoint(server), Certs.context(), version);
  }

  /** Connects, without a handshake yet. */
  public static TlsPeer of(Endpoint endpoint, SSLContext context, String version)
      throws IOException {
    SSLEngine engine = context.createSSLEngine(endpoint.host(), endpoint.port());
    engine.setEnabledProtocols(new String[] {version});
    return new TlsPeer(endpoint, engine);
  }

  public TlsPeer handshake() throws IOException {
    peer.send(handshakeButLast());
    return this;
  }

  /** Sends only its first flight. */
  void beginHandshake() throws IOException {
    engine.beginHandshake();
    peer.send(wrap(NOTHING));
  }

  /** Like {@link #handshake}, with its first flight sent together with the bytes before it. */
  TlsPeer handshakeAfter(byte[] before) throws IOException {
    peer.send(handshakeButLast(before));
    return this;
  }

  /** Does a handshake; returns its last flight, which is not sent. */
  byte[] handshakeButLast() throws IOException {
    return handshakeButLast(new byte[0]);
  }

  private byte[] handshakeButLast(byte[] before) throws IOException {
    engine.beginHandshake();
    byte[] flight = before;
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> flight = join(flight, wrap(NOTHING));
        default -> {
          peer.send(flight);
          flight = new byte[0];
          unwrap();
        }
      }
    }
    return flight;
  }

  static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private byte[] wrap(ByteBuffer text) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    engine.wrap(text, out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Returns the records of a text, of at most 16 KiB each. */
  public byte[] records(String text) throws SSLException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (bytes.hasRemaining()) {
      all.writeBytes(wrap(bytes));
    }
    return all.toByteArray();
  }

  public TlsPeer send(String text) throws IOException {
    return sendRaw(records(text));
  }

  public TlsPeer sendRaw(byte[] bytes) throws IOException {
    peer.send(bytes);
    return this;
  }

  /** Sends close_notify, without FIN. */
  TlsPeer closeNotify() throws IOException {
    return sendRaw(closeNotifyRecord());
  }

  byte[] closeNotifyRecord() throws IOException {
    engine.closeOutbound();
    return wrap(NOTHING);
  }

  /** Sends FIN, without close_notify. */
  TlsPeer fin() throws IOException {
    peer.halfClose();
    return this;
  }

  /** Returns a record with a TLS 1.2 warning, which an engine never sends on request. */
  byte[] warning(String name) throws Exception {
    Class<?> alerts = Class.forName("sun.security.ssl.Alert");
    Method all = alerts.getDeclaredMethod("values");
    all.setAccessible(true);
    Object alert =
        Arrays.stream((Object[]) all.invoke(null))
            .filter(each -> ((Enum<?>) each).name().equals(name))
            .findFirst()
            .orElseThrow();
    Field context = engine.getClass().getDeclaredField("conContext");
    context.setAccessible(true);
    Object its = context.get(engine);
    Method warning = its.getClass().getDeclaredMethod("warning", alerts);
    warning.setAccessible(true);
    warning.invoke(its, alert);
    return wrap(NOTHING);
  }

  /** Requests another handshake. */
  TlsPeer renegotiate() throws IOException {
    return sendRaw(renegotiation());
  }

  byte[] renegotiation() throws IOException {
    engine.beginHandshake();
    return wrap(NOTHING);
  }

  /** Reads one or more records; returns false at the end of TLS or of the stream. */
  private boolean unwrap() throws IOException {
    plain.compact();
    SSLEngineResult result = engine.unwrap(net, plain);
    plain.flip();
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      engine.getDelegatedTask().run();
    }
    if (engine.isInboundDone()) {
      ended = true;
      return false;
    }
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
      byte[] read = new byte[1 << 16];
      int count = peer.read(read);
      if (count < 0) {
        return false;
      }
      received += count;
      net.compact().put(read, 0, count).flip();
    }
    return true;
  }

  /** Returns the next line without its LF, or the rest at the end. */
  public long receivedBytes() {
    return received;
  }

  public String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      while (plain.hasRemaining()) {
        char next = (char) plain.get();
        if (next == '\n') {
          return line.toString();
        }
        line.append(next);
      }
      if (!unwrap() && !plain.hasRemaining()) {
        return line.toString();
      }
    }
  }

  /** Returns everything until the end. */
  public String rest() throws IOException {
    StringBuilder all = new StringBuilder();
    boolean more = true;
    while (more || plain.hasRemaining()) {
      while (plain.hasRemaining()) {
        all.append((char) plain.get());
      }
      more = unwrap();
    }
    return all.toString();
  }

  /** Returns whether the peer has sent close_notify. */
  boolean isEndedByCloseNotify() {
    return ended;
  }

  SSLEngine engine() {
    return engine;
  }

  /** Returns the connection below TLS. */
  Peer raw() {
    return peer;
  }

  @Override
  public void close() throws IOException {
    peer.close();
  }
}
