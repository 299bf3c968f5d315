package bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A server that runs. */
final class Server implements AutoCloseable {

  final Stack stack;
  final int port;
  final Child child;

  private Server(Stack stack, Child child) throws IOException {
    this.stack = stack;
    this.child = child;
    this.port = Integer.parseInt(child.line().replace("listening ", ""));
  }

  /** Starts one and waits until it listens. */
  static Server start(Stack stack, Home home, Processors processors, int loops) throws IOException {
    List<String> command = new ArrayList<>(processors.server(loops));
    command.addAll(stack.command(home, loops));
    Child child = new Child(stack.title, home.results(), command);
    try {
      return new Server(stack, child);
    } catch (IOException e) {
      child.close();
      throw e;
    }
  }

  /** One of its figures: alloc or heap, in bytes; -1 of one that is no JVM. */
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
