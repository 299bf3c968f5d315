package bench.shared;

/** The arguments of each server, and the one line that it prints. */
public final class Ports {

  private Ports() {}

  /** Returns the port in the arguments; without arguments 0, which means a free port. */
  public static int of(String[] args) {
    return args.length == 0 ? 0 : Integer.parseInt(args[0]);
  }

  /** Returns the number of event loops in the second argument; by default one per processor. */
  public static int loops(String[] args) {
    return args.length < 2 ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(args[1]);
  }

  /** Prints {@code listening PORT}. */
  public static void listening(int port) {
    System.out.println("listening " + port);
  }
}
