package bench.run;

import java.io.IOException;

/** What a server takes between two moments: processor time, allocated bytes. */
final class Usage {

  private final Server server;
  private long time;
  private long cpu;
  private long allocated;

  Usage(Server server) {
    this.server = server;
  }

  void begin() throws IOException {
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

  /** Processor time, in microseconds. */
  double micros() {
    return cpu / 1e3;
  }

  /** Bytes; 0 of a server that is no JVM. */
  double allocated() {
    return allocated;
  }
}
