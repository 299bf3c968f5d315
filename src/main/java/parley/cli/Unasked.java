package parley.cli;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Keeps what a server says unasked: first its banner, and at the end perhaps why it ends. */
final class Unasked implements Consumer<Object> {

  private static final String ERR = "ERR ";

  private final CompletableFuture<Object> banner = new CompletableFuture<>();
  private volatile String last = "";

  @Override
  public void accept(Object line) {
    last = line.toString();
    banner.complete(line);
  }

  CompletableFuture<Object> banner() {
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
