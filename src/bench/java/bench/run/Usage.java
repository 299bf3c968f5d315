package bench.run;

import java.io.IOException;
import java.util.Map;

/**
 * The resources that a server uses between two moments: processor time, allocated bytes, pauses.
 */
final class Usage {

  private final Server server;
  private long time;
  private long cpu;
  private long allocated;

  Usage(Server server) {
    this.server = server;
  }

  void begin() throws IOException {
    if (server.gcLog != null) {
      server.gcLog.begin();
    }
    allocated = server.figure("alloc");
    cpu = server.child.cpu().toNanos();
    time = System.nanoTime();
  }

  void end() throws IOException {
    time = System.nanoTime() - time;
    cpu = server.child.cpu().toNanos() - cpu;
    allocated = server.figure("alloc") - allocated;
  }

  long busyPercent() {
    return Math.round(cpu * 100.0 / time);
  }

  /** Returns the processor time, in microseconds. */
  double micros() {
    return cpu / 1e3;
  }

  /** Returns the allocated bytes; 0 for a server without a JVM. */
  double allocated() {
    return allocated;
  }

  /** Returns the figures of the GC pauses, by metric; empty for a server without a GC log. */
  Map<String, Double> pauses() throws IOException {
    return server.gcLog == null ? Map.of() : server.gcLog.figures(time);
  }
}
