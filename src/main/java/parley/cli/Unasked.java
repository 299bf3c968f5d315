package parley.cli;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Keeps what a server says unasked: first its banner, and at the end perhaps why it ends. */
final class Unasked implements Consumer<String> {

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

  /** Whether a line says that the server refuses. */
  static boolean isRefusal(String line) {
    return line.startsWith(ERR);
  }

  /** The last line, if it is a refusal; else empty. */
  String refusal() {
    return isRefusal(last) ? last : "";
  }
}
