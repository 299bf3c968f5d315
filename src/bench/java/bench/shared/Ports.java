package bench.shared;

/** The one argument of each server, and the one line that it prints. */
public final class Ports {

  private Ports() {}

  /** The port that the arguments name; 0, a free one, without any. */
  public static int of(String[] args) {
    return args.length == 0 ? 0 : Integer.parseInt(args[0]);
  }

  /** Prints {@code listening PORT}. */
  public static void listening(int port) {
    System.out.println("listening " + port);
  }
}
