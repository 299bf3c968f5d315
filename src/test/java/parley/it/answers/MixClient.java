package parley.it.answers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
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
import parley.internal.tls.Certs;
import parley.testing.Pace;

/** Sends lines, cut anywhere, and reads on a thread of its own until the end. */
@NullMarked
final class MixClient {

  /** Ends only a client that hangs, which is then a failure of its seed. */
  static final int PATIENCE_SECONDS = Integer.getInteger("mix.patience", 60);

  /**
   * The way it connects.
   *
   * @param version of TLS; empty for none
   * @param proxied whether it sends a PROXY header
   */
  record Way(String version, boolean proxied) {}

  /**
   * The lines that it sends, and when it ends.
   *
   * @param halfCloses after all lines are sent
   * @param most closes after all lines are sent and this number of lines was read
   */
  record Plan(List<String> lines, boolean halfCloses, int most) {}

  private final int number;
  private final Socket socket;
  private final Random random;
  private final boolean endsLast;
  private final Plan plan;
  private final CompletableFuture<List<String>> answers;
  private volatile int resetsBehind = Integer.MAX_VALUE;

  private MixClient(int number, Socket socket, Plan plan, boolean mayLeaveOpen, long seed) {
    this.number = number;
    this.socket = socket;
    this.plan = plan;
    random = new Random(seed);
    endsLast = !mayLeaveOpen || !plan.halfCloses() || random.nextBoolean();
    boolean readsLate = random.nextBoolean();
    CompletableFuture<Void> sent = CompletableFuture.runAsync(this::send, MixClient::onThread);
    answers = CompletableFuture.supplyAsync(() -> read(readsLate, sent), MixClient::onThread);
  }

  private static void onThread(Runnable task) {
    new Thread(task).start();
  }

  /** Connects, and starts. */
  static MixClient start(int number, Endpoint endpoint, Way way, Plan plan, long seed)
      throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), 30_000);
    socket.setSoTimeout(PATIENCE_SECONDS * 1000);
    socket.setTcpNoDelay(true);
    if (way.proxied()) {
      String header = "PROXY TCP4 192.0.2." + number + " 192.0.2.99 4000 9000\r\n";
      socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
    }
    if (way.version().isEmpty()) {
      return new MixClient(number, socket, plan, true, seed);
    }
    SSLSocket tls =
        (SSLSocket)
            Certs.context()
                .getSocketFactory()
                .createSocket(socket, endpoint.host(), endpoint.port(), true);
    tls.setEnabledProtocols(new String[] {way.version()});
    tls.startHandshake();
    // TLS 1.2 has no half-close: a line that only its end of stream ends cannot be answered
    return new MixClient(number, tls, plan, way.version().equals("TLSv1.3"), seed);
  }

  private void send() {
    byte[] all =
        String.join("\n", lines())
            .concat(endsLast && !lines().isEmpty() ? "\n" : "")
            .getBytes(StandardCharsets.UTF_8);
    try {
      int at = 0;
      while (at < all.length) {
        int count = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 9000));
        socket.getOutputStream().write(Arrays.copyOfRange(all, at, at + count));
        at += count;
      }
      if (plan.halfCloses()) {
        socket.shutdownOutput();
      }
    } catch (IOException ended) {
      // by a drain
    }
  }

  /** Late readers wait until everything is sent, or nothing more can be sent. */
  private List<String> read(boolean late, CompletableFuture<Void> sent) {
    List<String> read = new ArrayList<>();
    try (Socket closed = socket) {
      if (late) {
        Pace.pauseAtMost(50, sent);
      }
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(closed.getInputStream(), StandardCharsets.UTF_8));
      while (read.size() < plan.most()) {
        String line = in.readLine();
        if (line == null) {
          return read;
        }
        read.add(line);
        if (read.size() >= resetsBehind) {
          socket.setSoLinger(true, 0);
          return read;
        }
      }
      sent.join();
      return read;
    } catch (IOException e) {
      throw new IllegalStateException("client " + number + " behind " + read.size(), e);
    }
  }

  /** Ends by a reset after this number of answers. */
  void resetBehind(int answers) {
    resetsBehind = answers;
  }

  /** Returns a future that completes when all clients have stopped reading, for any reason. */
  static CompletableFuture<?> ends(List<MixClient> clients) {
    return CompletableFuture.allOf(
            clients.stream().map(each -> each.answers).toArray(CompletableFuture[]::new))
        .handle((none, failure) -> none);
  }

  int number() {
    return number;
  }

  List<String> lines() {
    return plan.lines();
  }

  List<String> answers() throws Exception {
    return answers.get();
  }
}
