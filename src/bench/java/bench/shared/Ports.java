package bench.shared;

/** The arguments of each server, and the one line that it prints. */
public final class Ports {

  private Ports() {}

  /** The port that the arguments name; 0, a free one, without any. */
  public static int of(String[] args) {
    return args.length == 0 ? 0 : Integer.parseInt(args[0]);
  }

  /** How many event loops the second argument asks for; without it, one a processor. */
  public static int loops(String[] args) {
    return args.length < 2 ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(args[1]);
  }

  /** Prints {@code listening PORT}. */
  public static void listening(int port) {
    System.out.println("listening " + port);
  }
}
