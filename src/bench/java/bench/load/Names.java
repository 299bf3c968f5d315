package bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The requests of a run and their answers, as bytes on the wire. They are a cycle of distinct names
 * of one length, so that a lost, swapped or foreign answer is detected. Built once; each thread
 * takes a {@link #view} of its own.
 */
final class Names {

  /** The banner that a server sends first. */
  static final byte[] BANNER = "Hello, World!\n".getBytes(StandardCharsets.US_ASCII);

  /** The most bytes that are written, or read, at once. */
  static final int AT_ONCE_BYTES = 1 << 18;

  private static final int MOST_NAMES = 1024;
  private static final String DIGITS =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  final int count;
  final int requestBytes;
  final int answerBytes;
  private final ByteBuffer requests;
  private final ByteBuffer answers;

  private Names(int count, int requestBytes, ByteBuffer requests, ByteBuffer answers) {
    this.count = count;
    this.requestBytes = requestBytes;
    this.answerBytes = requestBytes + 8;
    this.requests = requests;
    this.answers = answers;
  }

  /**
   * Creates lines of that many bytes each, including the LF. There are more names than requests in
   * flight on a connection, except with lines of two bytes: there are 62 of those.
   */
  static Names of(int lineBytes, int inFlight) {
    int digits = Math.min(3, lineBytes - 1);
    int possible = (int) Math.pow(DIGITS.length(), digits);
    int count =
        Math.min(possible, Math.max(2 * inFlight, Math.min(MOST_NAMES, (1 << 18) / lineBytes)));
    StringBuilder requests = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String name = name(i, digits, lineBytes - 1);
      requests.append(name).append('\n');
      answers.append("Hello, ").append(name).append("!\n");
    }
    return new Names(count, lineBytes, cycle(requests), cycle(answers));
  }

  /** Returns its number, then letters that begin at a different place in each name. */
  private static String name(int number, int digits, int length) {
    StringBuilder name = new StringBuilder();
    for (int rest = number, i = 0; i < digits; i++, rest /= DIGITS.length()) {
      name.append(DIGITS.charAt(rest % DIGITS.length()));
    }
    while (name.length() < length) {
      name.append((char) ('a' + (number + name.length()) % 26));
    }
    return name.toString();
  }

  /**
   * Returns the text, followed by a repetition of its start, as long as the longest write or read.
   */
  private static ByteBuffer cycle(CharSequence text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer cycle = ByteBuffer.allocateDirect(bytes.length + AT_ONCE_BYTES);
    while (cycle.hasRemaining()) {
      cycle.put(bytes, 0, Math.min(bytes.length, cycle.remaining()));
    }
    return cycle;
  }

  Names view() {
    return new Names(count, requestBytes, requests.duplicate(), answers.duplicate());
  }

  /** Returns the bytes of the requests from a position; valid until the next call. */
  ByteBuffer requests(int first, long from, int length) {
    return window(requests, requestBytes, first, from, length);
  }

  /** Returns the bytes of the answers from a position; valid until the next call. */
  ByteBuffer answers(int first, long from, int length) {
    return window(answers, answerBytes, first, from, length);
  }

  private ByteBuffer window(ByteBuffer cycle, int each, int first, long from, int length) {
    int at = (int) (((long) first * each + from) % ((long) count * each));
    return cycle.limit(at + length).position(at);
  }
}
