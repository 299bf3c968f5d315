package bench.loom;

import static java.nio.charset.StandardCharsets.UTF_8;

import bench.shared.Figures;
import bench.shared.Ports;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The greeting on blocking java.net, with a virtual thread per connection. The JVM option {@code
 * -Djdk.virtualThreadScheduler.parallelism} sets the number of processors that they share.
 */
public final class GreetingServer {

  private GreetingServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    ExecutorService threads = virtualThreads();
    ServerSocket listening =
        new ServerSocket(Ports.of(args), 1024, InetAddress.getLoopbackAddress());
    threads.execute(() -> accept(listening, threads));
    Ports.listening(listening.getLocalPort());
    Figures.answer();
    threads.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS); // virtual ones keep no JVM alive
  }

  /** Uses reflection, because this is compiled for Java 17. */
  private static ExecutorService virtualThreads() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      System.err.println(
          "no virtual threads in Java " + Runtime.version() + " (expected: 21 or later)");
      System.exit(3);
      throw new IllegalStateException(e);
    }
  }

  private static void accept(ServerSocket listening, ExecutorService threads) {
    try {
      while (true) {
        Socket socket = listening.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(Socket accepted) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      out.write("Hello, World!\n".getBytes(UTF_8));
      out.flush();
      for (String name = in.readLine(); name != null; name = in.readLine()) {
        out.write(("Hello, " + name + "!\n").getBytes(UTF_8));
        if (!in.ready()) {
          out.flush();
        }
      }
    } catch (IOException gone) {
      // the peer is
    }
  }
}
