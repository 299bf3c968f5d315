package bench.fault;

import static bench.fault.Fault.check;

import java.io.IOException;

/** A client that asks names that are numbers, and expects each answer once and in order. */
final class Numbered {

  private static final int BLOCK = 1000;

  private Numbered() {}

  private static final String NAME = "n";

  /** Sends from another thread while it reads; then half-closes, if requested. */
  static void ask(Peer peer, int count, boolean thenHalfClose) throws Exception {
    Thread sender = new Thread(() -> send(peer, NAME, count, thenHalfClose));
    sender.start();
    read(peer, NAME, count);
    sender.join();
    if (thenHalfClose) {
      String rest = peer.rest();
      check(rest.isEmpty(), "more than it asked: %s", rest);
    }
  }

  static void send(Peer peer, String name, int count, boolean thenHalfClose) {
    try {
      StringBuilder block = new StringBuilder();
      for (int i = 0; i < count; i++) {
        block.append(name).append(i).append('\n');
        if (i % BLOCK == BLOCK - 1 || i == count - 1) {
          peer.send(block.toString());
          block.setLength(0);
        }
      }
      if (thenHalfClose) {
        peer.halfClose();
      }
    } catch (IOException e) {
      // the reader detects the missing answers
    }
  }

  static void read(Peer peer, String name, int count) throws IOException, BrokenException {
    read(peer::line, name, count);
  }

  /** A source of answers, one per call. */
  interface Answers {
    String next() throws IOException, BrokenException;
  }

  static void read(Answers answers, String name, int count) throws IOException, BrokenException {
    for (int i = 0; i < count; i++) {
      String answer = answers.next();
      check(answer.equals("Hello, " + name + i + "!"), "answer %d of %d: \"%s\"", i, count, answer);
    }
  }
}
