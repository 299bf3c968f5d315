package bench.fault;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/** A quiet client that asks every few milliseconds and expects each answer. */
final class Neighbour implements AutoCloseable {

  /** An address that differs from the bad peers'. */
  static final String ADDRESS = "127.0.0.3";

  private static final int UNDISTURBED = 300;
  private static final int PAUSE_MILLIS = 3;

  private final Peer peer;
  private final Thread thread = new Thread(this::askOn, "neighbour");
  private final Histogram before = new Histogram(3);
  private final Histogram during = new SynchronizedHistogram(3);
  private final Semaphore turns = new Semaphore(0);
  private volatile boolean over;
  private volatile String broken;
  private int asked;

  /** Asks undisturbed first, and then continues until it is closed. */
  Neighbour(Subject subject) throws IOException, BrokenException, InterruptedException {
    peer = Peer.of(subject, 0, ADDRESS).greeted();
    for (int i = 0; i < UNDISTURBED; i++) {
      ask(); // warms up
    }
    for (int i = 0; i < UNDISTURBED; i++) {
      before.recordValue(ask());
      Thread.sleep(PAUSE_MILLIS);
    }
    thread.start();
  }

  private long ask() throws IOException, BrokenException {
    String name = "n" + asked++;
    long sent = System.nanoTime();
    String answer = peer.send(name + "\n").line();
    Fault.check(answer.equals("Hello, " + name + "!"), "neighbour got: %s", answer);
    return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sent);
  }

  private void askOn() {
    try {
      while (!over) {
        during.recordValue(ask());
        turns.release();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException | InterruptedException | BrokenException e) {
      broken = e.getMessage();
      turns.release();
    }
  }

  /**
   * Checks that all answers arrived, and not much later than before. The client continues, so that
   * the server does not end its session as idle.
   */
  void check() throws InterruptedException, BrokenException {
    turns.drainPermits();
    if (broken == null) {
      turns.acquire(); // also the question that is open now must be answered
    }
    Fault.check(broken == null, "neighbour: %s", broken);
    double median = during.getValueAtPercentile(50);
    double allowed = 20_000 + 20 * before.getValueAtPercentile(50);
    Fault.check(median <= allowed, "neighbour waits: %s", this);
    double late = during.getValueAtPercentile(99);
    double lateAllowed = 3_000_000 + 20 * before.getValueAtPercentile(99);
    Fault.check(late <= lateAllowed, "neighbour waits now and then: %s", this);
  }

  /** Returns median and p99 before and during the fault, in microseconds. */
  @Override
  public String toString() {
    return String.format(
        "%d/%d -> %d/%d us",
        before.getValueAtPercentile(50),
        before.getValueAtPercentile(99),
        during.getValueAtPercentile(50),
        during.getValueAtPercentile(99));
  }

  @Override
  public void close() throws IOException {
    over = true;
    peer.close();
  }
}
