package bench.fault;

import java.io.IOException;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A client that connects, sends some requests and leaves, again and again: pipelined, alone or
 * half-closed, at random. Some of its names are answered later. While some of its connections wait
 * for answers, lines are pushed to them.
 */
final class SteadyClient implements Runnable {

  private static final int MOST_AT_ONCE = 300;
  private static final int MOST_ROUNDS = 50;
  private static final int MOST_PUSHED = 20_000;

  private final Subject subject;
  private final Random random;
  private final BooleanSupplier over;
  private long asked;
  private long answered;
  private long pushed;
  private volatile String broken;

  SteadyClient(Subject subject, Random random, BooleanSupplier over) {
    this.subject = subject;
    this.random = random;
    this.over = over;
  }

  @Override
  public void run() {
    try {
      while (!over.getAsBoolean()) {
        talk();
      }
    } catch (IOException | BrokenException e) {
      broken = e.getMessage();
    }
  }

  private void talk() throws IOException, BrokenException {
    try (Peer peer = Peer.of(subject, 0, Neighbour.ADDRESS).greeted()) {
      String name = random.nextInt(3) > 0 ? "s" : "t";
      Pushed lines = Pushed.ask(peer, random.nextInt(3) > 0 ? 0 : random.nextInt(MOST_PUSHED));
      int rounds = 1 + random.nextInt(MOST_ROUNDS);
      for (int i = 0; i < rounds; i++) {
        int count = 1 + random.nextInt(MOST_AT_ONCE);
        boolean last = i == rounds - 1;
        boolean halfCloses = last && lines.isNone() && random.nextBoolean();
        asked += count;
        Numbered.send(peer, name, count, halfCloses);
        Numbered.read(lines::nextOther, name, count);
        answered += count;
        if (halfCloses) {
          Fault.check(peer.rest().isEmpty(), "more than it asked");
        }
      }
      lines.rest();
      pushed += lines.count();
    }
  }

  /** Returns the number of lines that were pushed to it, all of them in order. */
  long pushed() {
    return pushed;
  }

  long asked() {
    return asked;
  }

  long answered() {
    return answered;
  }

  /** Returns how it failed early, or null. */
  String broken() {
    return broken;
  }
}
