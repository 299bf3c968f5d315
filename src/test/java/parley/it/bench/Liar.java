package parley.it.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A greeting server whose answers a test can replace. */
final class Liar implements AutoCloseable {

  /**
   * Returns the line to send instead of a connection's answer with this index, from 0; null closes.
   */
  interface Lie {
    String sent(int index, String answer);
  }

  private final ServerSocket listening;
  private final Lie lie;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  Liar(Lie lie) throws IOException {
    this.lie = lie;
    listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    threads.execute(this::accept);
  }

  String port() {
    return Integer.toString(listening.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket accepted = listening.accept();
        threads.execute(() -> serve(accepted));
      }
    } catch (IOException closed) {
      // the test has ended
    }
  }

  private void serve(Socket accepted) {
    try (Socket socket = accepted) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      OutputStream out = socket.getOutputStream();
      out.write("Hello, World!\n".getBytes(UTF_8));
      int index = 0;
      for (String name = in.readLine(); name != null; name = in.readLine()) {
        String sent = lie.sent(index++, "Hello, " + name + "!\n");
        if (sent == null) {
          return;
        }
        out.write(sent.getBytes(UTF_8));
      }
    } catch (IOException gone) {
      // the load has seen enough
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
