package parley.cli;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Keeps the lines that a server sends unasked: first its banner, and possibly a refusal last. */
final class UnsolicitedLines implements Consumer<String> {

  private static final String ERR = "ERR ";

  private final CompletableFuture<String> banner = new CompletableFuture<>();
  private volatile String last = "";

  @Override
  public void accept(String line) {
    last = line;
    banner.complete(line);
  }

  CompletableFuture<String> banner() {
    return banner.copy();
  }

  /** Returns whether a line is a refusal. */
  static boolean isRefusal(String line) {
    return line.startsWith(ERR);
  }

  /** Returns the last line if it is a refusal, otherwise an empty text. */
  String refusal() {
    return isRefusal(last) ? last : "";
  }
}
