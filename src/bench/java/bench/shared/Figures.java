package bench.shared;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;

/**
 * What a server says of itself: a line on its standard input asks, {@code alloc} for the bytes that
 * its threads have allocated so far, {@code heap} for those that are in use after a collection.
 */
public final class Figures {

  private Figures() {}

  /**
   * Answers on a thread of its own. Once asked, the process ends with its standard input, so that
   * no server outlives its bench.
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

  /** By all threads that live; a server's own live as long as it does. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(bytes, 0);
    }
    return sum;
  }

  /** What a first collection leaves to cleaners and reference queues, a second one takes. */
  private static long heap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.getHeapMemoryUsage(); // what it needs itself, the first time, is not counted
    System.gc();
    System.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
