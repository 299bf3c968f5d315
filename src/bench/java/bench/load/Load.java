package bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Loads a greeting server at 127.0.0.1, checks each byte of its answers, and prints its
 * measurements, a name and a value per line. It prints {@code opened} before them, when the
 * connections are open, and {@code done} after them, before it closes the connections. It shares no
 * code with the servers.
 *
 * <p>Without arguments it takes commands from standard input. The first wrong or missing answer
 * ends it with exit code 1.
 */
public final class Load {

  private static final String USAGE =
      """
      usage: Load [COMMAND]
        closed PORT CONNECTIONS DEPTH LINE_BYTES WARM_UP SECONDS [THREADS]
        open PORT CONNECTIONS DEPTH LINE_BYTES WARM_UP SECONDS RATE
        connects PORT AT_ONCE WARM_UP SECONDS
        flood PORT CONNECTIONS QUIET_MILLIS WARM_UP SECONDS
        idle PORT CONNECTIONS REQUESTS
      idle sends 0 or 1 REQUESTS on each connection, reads the answers, prints ready, and holds
      the connections until a line or the end of input.
      """;

  private static final BufferedReader IN =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private Load() {}

  public static void main(String[] args) {
    int code = 0;
    try {
      if (args.length > 0) {
        run(args);
      } else {
        for (String line = IN.readLine(); line != null; line = IN.readLine()) {
          run(line.split(" "));
        }
      }
    } catch (WrongAnswerException wrong) {
      System.err.println(wrong.getMessage());
      code = 1;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException bad) {
      System.err.print(USAGE);
      code = 2;
    } catch (Exception e) {
      System.err.println(e);
      code = 1;
    }
    System.exit(code); // other threads may still wait for their answers
  }

  private static void run(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    int connections = Integer.parseInt(args[2]);
    switch (args[0]) {
      case "closed" -> closed(port, connections, args);
      case "open" -> open(port, connections, args);
      case "connects" -> connects(port, connections, seconds(args, 3));
      case "flood" -> flood(port, connections, args);
      case "idle" -> idle(port, connections, Integer.parseInt(args[3]));
      default -> throw new NumberFormatException(args[0]);
    }
  }

  private static Seconds seconds(String[] args, int at) {
    return new Seconds(Double.parseDouble(args[at]), Double.parseDouble(args[at + 1]));
  }

  private static void closed(int port, int connections, String[] args) throws Exception {
    int depth = Integer.parseInt(args[3]);
    Names names = Names.of(Integer.parseInt(args[4]), depth);
    int threads = args.length > 7 ? Integer.parseInt(args[7]) : 1;
    try (ClosedLoops loops = new ClosedLoops(port, names, depth)) {
      loops.open(connections, Math.min(threads, connections));
      System.out.println("opened");
      loops.run(seconds(args, 5));
      print(loops.rate(), loops.busyPercent(), loops.answers(), loops.latencies());
    }
  }

  private static void open(int port, int connections, String[] args) throws IOException {
    int depth = Integer.parseInt(args[3]);
    Names names = Names.of(Integer.parseInt(args[4]), depth);
    try (OpenLoop loop = new OpenLoop(port, names, depth, Double.parseDouble(args[7]))) {
      loop.open(0, connections, 0);
      System.out.println("opened");
      loop.run(seconds(args, 5));
      loop.lateness().print(System.out, "late-p999-us", 99.9);
      print(loop.window(), loop.answers(), loop.latencies());
    }
  }

  private static void connects(int port, int atOnce, Seconds seconds) throws IOException {
    try (ConnectLoop loop = new ConnectLoop(port, Names.of(16, 1))) {
      loop.run(atOnce, seconds);
      print(loop.window(), loop.done(), loop.latencies());
    }
  }

  private static void flood(int port, int connections, String[] args) throws IOException {
    double millis = Double.parseDouble(args[3]);
    try (FloodLoop loop = new FloodLoop(port, Names.of(2, 1), millis)) {
      loop.open(connections);
      System.out.println("opened");
      loop.run(seconds(args, 4));
      print(loop.window(), loop.answers(), loop.latencies());
    }
  }

  private static void idle(int port, int connections, int requests) throws IOException {
    try (IdleLoop loop = new IdleLoop(port, Names.of(16, 1), requests)) {
      loop.open(connections);
      System.out.println("ready");
      IN.readLine();
    }
    System.out.println("done");
  }

  private static void print(Window window, long answers, Latencies latencies) {
    print(window.rate(), window.busyPercent(), answers, latencies);
  }

  private static void print(double rate, double busy, long answers, Latencies latencies) {
    System.out.println("rate " + String.format(Locale.ROOT, "%.1f", rate));
    latencies.print(System.out);
    System.out.println("busy-percent " + String.format(Locale.ROOT, "%.0f", busy));
    System.out.println("answers " + answers);
    System.out.println("done");
  }
}
