package parley;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.NullMarked;
import parley.endpoint.Endpoint;
import parley.tls.Certs;

/** Sends lines, cut anywhere, half-closes behind the last, and reads on a thread of its own. */
@NullMarked
final class MixClient {

  private final int number;
  private final Socket socket;
  private final Random random;
  private final boolean endsLast;
  private final List<String> lines = new ArrayList<>();
  private final CompletableFuture<List<String>> answers;
  private volatile int resetsBehind = Integer.MAX_VALUE;

  private MixClient(int number, Socket socket, boolean mayLeaveOpen, long seed) {
    this.number = number;
    this.socket = socket;
    random = new Random(seed);
    endsLast = !mayLeaveOpen || random.nextBoolean();
    int count = random.nextInt(2000);
    int longest = List.of(1, 100, 20_000).get(random.nextInt(3));
    int few = longest > 1000 ? count / 20 : count;
    for (int i = 0; i < few; i++) {
      lines.add(number + " " + i + " " + "x".repeat(random.nextInt(longest)));
    }
    boolean readsLate = random.nextBoolean();
    CompletableFuture<Void> sent = CompletableFuture.runAsync(this::send, MixClient::onThread);
    answers = CompletableFuture.supplyAsync(() -> read(readsLate, sent), MixClient::onThread);
  }

  private static void onThread(Runnable task) {
    new Thread(task).start();
  }

  /** Connects, by TLS if a version is given, behind a PROXY header if it is said to be proxied. */
  static MixClient start(int number, Endpoint endpoint, String version, boolean proxied, long seed)
      throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(new java.net.InetSocketAddress(endpoint.host(), endpoint.port()), 30_000);
    socket.setSoTimeout(60_000); // only ends one that hangs
    socket.setTcpNoDelay(true);
    if (proxied) {
      String header = "PROXY TCP4 192.0.2." + number + " 192.0.2.99 4000 9000\r\n";
      socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
    }
    if (version.isEmpty()) {
      return new MixClient(number, socket, true, seed);
    }
    SSLSocket tls =
        (SSLSocket)
            Certs.context()
                .getSocketFactory()
                .createSocket(socket, endpoint.host(), endpoint.port(), true);
    tls.setEnabledProtocols(new String[] {version});
    tls.startHandshake();
    // TLS 1.2 has no half-close: a line that only its end of stream ends cannot be answered
    return new MixClient(number, tls, version.equals("TLSv1.3"), seed);
  }

  private void send() {
    byte[] all =
        String.join("\n", lines)
            .concat(endsLast && !lines.isEmpty() ? "\n" : "")
            .getBytes(StandardCharsets.UTF_8);
    try {
      int at = 0;
      while (at < all.length) {
        int count = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 9000));
        socket.getOutputStream().write(Arrays.copyOfRange(all, at, at + count));
        at += count;
      }
      socket.shutdownOutput();
    } catch (IOException ended) {
      // by a drain
    }
  }

  /** Late is: when all is sent, or nothing more can be. */
  private List<String> read(boolean late, CompletableFuture<Void> sent) {
    List<String> read = new ArrayList<>();
    try (Socket closed = socket) {
      for (int i = 0; late && i < 2_000_000 && !sent.isDone(); i++) {
        Thread.onSpinWait();
      }
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(closed.getInputStream(), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        read.add(line);
        if (read.size() >= resetsBehind) {
          socket.setSoLinger(true, 0);
          return read;
        }
      }
      return read;
    } catch (IOException e) {
      throw new IllegalStateException("client " + number + " behind " + read.size(), e);
    }
  }

  /** It ends by a reset when it has so many answers. */
  void resetBehind(int answers) {
    resetsBehind = answers;
  }

  boolean isReading() {
    return !answers.isDone();
  }

  int number() {
    return number;
  }

  int count() {
    return lines.size();
  }

  List<String> lines(int count) {
    return lines.subList(0, count);
  }

  List<String> answers() throws Exception {
    return answers.get();
  }
}
