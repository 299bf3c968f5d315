package bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Closed loops, one per thread, that share the connections and begin together. */
final class ClosedLoops implements AutoCloseable {

  private final int port;
  private final Names names;
  private final int depth;
  private final List<ClosedLoop> loops = new ArrayList<>();

  ClosedLoops(int port, Names names, int depth) {
    this.port = port;
    this.names = names;
    this.depth = depth;
  }

  void open(int connections, int threads) throws IOException {
    for (int i = 0; i < threads; i++) {
      ClosedLoop loop = new ClosedLoop(port, names, depth);
      loops.add(loop);
      int first = connections * i / threads;
      loop.open(first, connections * (i + 1) / threads - first, depth);
    }
  }

  void run(Seconds seconds) throws IOException, InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(loops.size());
    ExecutorCompletionService<Void> running = new ExecutorCompletionService<>(executor);
    long start = System.nanoTime();
    for (ClosedLoop each : loops) {
      running.submit(
          () -> {
            each.run(start, seconds);
            return null;
          });
    }
    for (int i = 0; i < loops.size(); i++) {
      await(running);
    }
    executor.shutdown();
  }

  private static void await(ExecutorCompletionService<Void> running)
      throws IOException, InterruptedException {
    try {
      running.take().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WrongAnswerException wrong) {
        throw wrong;
      }
      throw new IOException(e.getCause());
    }
  }

  double rate() {
    return loops.stream().mapToDouble(each -> each.window().rate()).sum();
  }

  double busyPercent() {
    return loops.stream().mapToDouble(each -> each.window().busyPercent()).average().orElse(0);
  }

  long answers() {
    return loops.stream().mapToLong(Loop::answers).sum();
  }

  Latencies latencies() {
    Latencies all = new Latencies();
    loops.forEach(each -> all.add(each.latencies()));
    return all;
  }

  @Override
  public void close() throws IOException {
    for (ClosedLoop each : loops) {
      each.close();
    }
  }
}
