package bench.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The servers that take part, and the command for each. */
enum Stack {
  PARLEY("parley", "parley.GreetingServer"),
  PARLEY_HANDLER("parley-handler", "parley.HandlerServer"),
  NETTY_NIO("netty-nio", "netty.GreetingServer"),
  NETTY_EPOLL("netty-epoll", "netty.GreetingServer"),
  NETTY_STRINGS("netty-strings", "netty.GreetingServer"),
  VERTX("vertx", "vertx.GreetingServer"),
  VIRTUAL_THREADS("virtual-threads", "loom.GreetingServer"),
  MINA("mina", "mina.GreetingServer"),
  NIO_FLOOR("nio-floor", "floor.NioServer"),
  C_FLOOR("c-floor", "");

  static final List<Stack> FORMS = List.of(PARLEY, PARLEY_HANDLER);
  static final List<Stack> TLS = List.of(PARLEY, PARLEY_HANDLER, NETTY_NIO, NETTY_EPOLL, VERTX);
  static final List<Stack> PEERS = List.of(NETTY_NIO, NETTY_EPOLL, VERTX);

  final String title;
  private final String main;

  Stack(String title, String main) {
    this.title = title;
    this.main = main;
  }

  /**
   * Returns the server with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Stack of(String title) {
    return Arrays.stream(values())
        .filter(each -> each.title.equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("server: " + title + " (expected: " + titles() + ")"));
  }

  static String titles() {
    return Arrays.stream(values()).map(each -> each.title).collect(Collectors.joining(", "));
  }

  boolean isJava() {
    return this != C_FLOOR;
  }

  /** Returns whether some systems or JVMs cannot run it. */
  boolean mayBeMissing() {
    return this == NETTY_EPOLL || this == VIRTUAL_THREADS || this == C_FLOOR;
  }

  /**
   * Returns the command that serves at a free port. Parley logs as shipped; the others log nothing.
   *
   * @param options of the JVM, in addition to the common ones
   */
  List<String> command(Home home, int loops, List<String> options) {
    if (!isJava()) {
      return List.of(home.floor().toString(), "0", Integer.toString(loops));
    }
    boolean parley = FORMS.contains(this);
    List<String> command = new ArrayList<>(home.java(parley));
    command.addAll(options);
    command.add("-Djdk.virtualThreadScheduler.parallelism=" + loops);
    if (this == NETTY_EPOLL) {
      command.add("-Depoll=true");
    }
    if (this == NETTY_STRINGS) {
      command.add("-Dstrings=true");
    }
    command.addAll(List.of("bench." + main, "0", Integer.toString(loops)));
    return command;
  }
}
