package bench.shared;

import java.util.Locale;

/**
 * Progress on standard error: one line that is rewritten in place, with the time left. If standard
 * error is not a terminal, nothing is printed; the scripts set the system property {@code
 * bench.terminal}. Not thread-safe.
 */
public final class Progress {

  private static final boolean ON_TERMINAL = Boolean.getBoolean("bench.terminal");
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int TWO_MINUTES = 120;
  private static final int TWO_HOURS = 7200;

  private static int width;

  private final int steps;
  private final double work;
  private long start;
  private int step;
  private double done;
  private double current;

  /**
   * Creates the progress of several steps; their time starts with the first one.
   *
   * @param work of all steps, in any unit
   */
  public Progress(int steps, double work) {
    this.steps = steps;
    this.work = work;
  }

  /** Shows the step that begins; the earlier ones are done, and their pace gives the time left. */
  public void begin(String what, double work) {
    done += current;
    current = work;
    if (step++ == 0) {
      start = System.nanoTime();
    }
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    String left = done > 0 ? ", " + left(seconds / done * (this.work - done)) : "";
    show(step + " of " + steps + ": " + what + left);
  }

  /** Shows a line in place of the last one. */
  public static void show(String line) {
    if (ON_TERMINAL) {
      clear();
      width = line.length();
      System.err.print(line);
      System.err.flush();
    }
  }

  /** Clears the line, before something else is printed. */
  public static void clear() {
    if (ON_TERMINAL && width > 0) {
      System.err.print("\r" + " ".repeat(width) + "\r");
      System.err.flush();
      width = 0;
    }
  }

  /** Returns such a time in words: "about 40 s left". */
  public static String left(double seconds) {
    if (seconds < TWO_MINUTES) {
      return String.format(Locale.ROOT, "about %.0f s left", seconds);
    }
    return seconds < TWO_HOURS
        ? String.format(Locale.ROOT, "about %.0f min left", seconds / 60)
        : String.format(Locale.ROOT, "about %.0f h left", seconds / 3600);
  }
}
