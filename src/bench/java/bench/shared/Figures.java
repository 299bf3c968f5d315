package bench.shared;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;

/**
 * A server's figures about itself. A line on its standard input requests one: {@code alloc} for the
 * bytes that its threads have allocated so far, {@code heap} for the bytes in use after a
 * collection.
 */
public final class Figures {

  private Figures() {}

  /**
   * Answers on a thread of its own. After the first request, the process ends when its standard
   * input ends, so that no server outlives its bench.
   */
  public static void answer() {
    Thread thread = new Thread(Figures::run, "figures");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run() {
    boolean asked = false;
    try {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String what = in.readLine(); what != null; what = in.readLine()) {
        asked = true;
        System.out.println(what + " " + figure(what));
      }
    } catch (IOException e) {
      System.err.println(e);
    }
    if (asked) {
      Runtime.getRuntime().halt(0);
    }
  }

  private static String figure(String what) {
    return switch (what) {
      case "alloc" -> Long.toString(allocated());
      case "heap" -> Long.toString(heap());
      default -> "(expected: alloc, heap)";
    };
  }

  /**
   * Returns the bytes allocated by all live threads; a server's own threads live as long as it
   * does.
   */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(bytes, 0);
    }
    return sum;
  }

  /**
   * Collects twice: the second collection frees the memory that the first one leaves to cleaners
   * and reference queues.
   */
  private static long heap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.getHeapMemoryUsage(); // the first call allocates, which must not be counted
    System.gc();
    System.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
