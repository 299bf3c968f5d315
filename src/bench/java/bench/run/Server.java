package bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running server. */
final class Server implements AutoCloseable {

  final Stack stack;
  final int port;
  final Child child;
  final @Nullable GcLog gcLog;

  private Server(Stack stack, Child child, @Nullable GcLog gcLog) throws IOException {
    this.stack = stack;
    this.child = child;
    this.gcLog = gcLog;
    this.port = Integer.parseInt(child.line().replace("listening ", ""));
  }

  /** Starts a server and waits until it listens. */
  static Server start(Stack stack, Home home, Processors processors, int loops) throws IOException {
    return start(stack, home, processors, loops, null);
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param gcLog of its JVM; null for none
   */
  static Server start(
      Stack stack, Home home, Processors processors, int loops, @Nullable GcLog gcLog)
      throws IOException {
    List<String> options = gcLog == null ? List.of() : List.of(gcLog.option());
    List<String> command = new ArrayList<>(processors.server(loops));
    command.addAll(stack.command(home, loops, options));
    Child child = new Child(stack.title, home.results(), command);
    try {
      return new Server(stack, child, gcLog);
    } catch (IOException e) {
      child.close();
      throw e;
    }
  }

  /** Returns one of its figures: alloc or heap, in bytes; -1 for a server without a JVM. */
  long figure(String what) throws IOException {
    if (!stack.isJava()) {
      return -1;
    }
    child.say(what);
    return Long.parseLong(child.line().replace(what + " ", ""));
  }

  @Override
  public void close() {
    child.close();
  }
}
