package parley.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import parley.endpoint.Endpoint;

/** The other end of a connection: a plain blocking socket that shares no code with Parley. */
@NullMarked
public final class Peer implements Closeable {

  private final Socket socket;
  private final InputStream in;

  private Peer(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Returns the lines 0, 1, 2 and so on. */
  public static String numbers(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(i).append('\n');
    }
    return lines.toString();
  }

  public static Peer of(Socket accepted) throws IOException {
    return new Peer(accepted);
  }

  public static Peer connect(Endpoint endpoint) throws IOException {
    return connect(new InetSocketAddress(endpoint.host(), endpoint.port()));
  }

  public static Peer connect(String from, Endpoint endpoint) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    return connect(socket, new InetSocketAddress(endpoint.host(), endpoint.port()));
  }

  /** Connects with socket buffers of this size, which bounds the bytes under way. */
  public static Peer connect(Endpoint endpoint, int bufferBytes) throws IOException {
    Socket socket = new Socket();
    socket.setSendBufferSize(bufferBytes);
    socket.setReceiveBufferSize(bufferBytes);
    return connect(socket, new InetSocketAddress(endpoint.host(), endpoint.port()));
  }

  /** Connects as soon as a process listens; fails, with its log, if it ends instead. */
  public static Peer connect(Endpoint endpoint, Process process, Path log) {
    AtomicReference<Peer> peer = new AtomicReference<>();
    Await.until("listening at " + endpoint, process, log, () -> hasConnected(endpoint, peer));
    return peer.get();
  }

  private static boolean hasConnected(Endpoint endpoint, AtomicReference<Peer> peer) {
    try {
      peer.set(connect(endpoint));
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  public static Peer connect(SocketAddress address) throws IOException {
    return connect(new Socket(), address);
  }

  private static Peer connect(Socket socket, SocketAddress address) throws IOException {
    socket.connect(address, 30_000);
    socket.setSoTimeout(60_000); // ends a test that hangs
    socket.setTcpNoDelay(true);
    return new Peer(socket);
  }

  public Peer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public Peer send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Like {@link #send(String)}, without checked exceptions, for a lambda. */
  public Peer sendUnchecked(String text) {
    try {
      return send(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends the text on a thread of its own, then half-closes. */
  public CompletableFuture<Void> sendAllAside(String text) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            send(text).halfClose();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task).start());
  }

  /** Sends the text repeatedly until the connection has ended. */
  public void sendUntilTheEnd(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      while (true) {
        send(bytes);
      }
    } catch (IOException ended) {
      // by either side
    }
  }

  public Peer halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Returns the next line without its LF; at the end of stream, the rest. */
  public String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = read(); b >= 0 && b != '\n'; b = read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  public int read() throws IOException {
    return in.read();
  }

  /** Reads up to the length of the array; returns the number of bytes, or -1 at the end. */
  public int read(byte[] into) throws IOException {
    return in.read(into);
  }

  /** Returns the next {@code count} bytes; fewer at the end of stream. */
  public byte[] bytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /** Returns all bytes until the end of stream, without checked exceptions, for a future. */
  public byte[] bytes() {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Like {@link #bytes()}, as text. */
  public String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Reads until the end of stream or a reset; returns the number of bytes. */
  public int readUntilTheEnd() {
    int count = 0;
    byte[] some = new byte[1 << 16];
    try {
      for (int n = read(some); n >= 0; n = read(some)) {
        count += n;
      }
    } catch (IOException ended) {
      // by either side
    }
    return count;
  }

  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
