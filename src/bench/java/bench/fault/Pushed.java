package bench.fault;

import java.io.IOException;

/** The lines that are pushed to one peer: each once, and in order, between its answers. */
final class Pushed {

  private final Peer peer;
  private final int count;
  private int next;

  private Pushed(Peer peer, int count) {
    this.peer = peer;
    this.count = count;
  }

  /** Requests that number of lines; it may be 0. */
  static Pushed ask(Peer peer, int count) throws IOException, BrokenException {
    Pushed lines = new Pushed(peer, count);
    if (count > 0) {
      peer.send("p" + count + "\n");
      String answer = lines.nextOther();
      Fault.check(answer.equals("Hello, p" + count + "!"), "asked for pushes: \"%s\"", answer);
    }
    return lines;
  }

  boolean isNone() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** Returns the next line that was not pushed; checks the pushed lines before it. */
  String nextOther() throws IOException, BrokenException {
    while (true) {
      String line = peer.line();
      if (!line.startsWith(CountedHandler.PUSHED)) {
        return line;
      }
      check(line);
    }
  }

  private void check(String line) throws BrokenException {
    String expected = CountedHandler.PUSHED + next++;
    Fault.check(next <= count && line.equals(expected), "pushed \"%s\", not %s", line, expected);
  }

  /** Reads the remaining pushed lines, and nothing else. */
  void rest() throws IOException, BrokenException {
    some(count - next);
  }

  /** Reads up to that many of the remaining lines. */
  void some(int most) throws IOException, BrokenException {
    for (int i = 0; i < most && next < count; i++) {
      check(peer.line());
    }
  }
}
