package bench.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * The vertical axis: from 0 with even steps, or logarithmic if the values differ by more than
 * {@link #LOG_FROM}. It begins and ends at a round value.
 *
 * @param ticks the round values, rising
 */
record Scale(boolean log, List<Double> ticks) {

  private static final double LOG_FROM = 15;
  private static final double[] ROUND = {1, 2, 5, 10};
  private static final int MOST_TICKS = 9;

  /** Returns the axis for values between two, none of them negative. */
  static Scale of(double least, double most) {
    boolean log = least > 0 && most / least > LOG_FROM;
    return log ? logarithmic(least, most) : linear(most > 0 ? most : 1);
  }

  private static Scale linear(double most) {
    double step = roundUp(most / 9);
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; ticks.isEmpty() || ticks.get(ticks.size() - 1) < most; i++) {
      ticks.add(i * step);
    }
    return new Scale(false, ticks);
  }

  private static Scale logarithmic(double least, double most) {
    List<Double> ticks = new ArrayList<>();
    ticks.add(roundDown(least));
    while (last(ticks) < most) {
      ticks.add(roundUp(last(ticks) * 1.01));
    }
    if (ticks.size() > MOST_TICKS) { // the decades, and both ends
      ticks.subList(1, ticks.size() - 1).removeIf(tick -> !isDecade(tick));
    }
    return new Scale(true, ticks);
  }

  private static double last(List<Double> ticks) {
    return ticks.get(ticks.size() - 1);
  }

  private static boolean isDecade(double value) {
    double exponent = Math.log10(value);
    return Math.abs(exponent - Math.rint(exponent)) < 1e-6;
  }

  /** Returns the least of 1, 2, 5, 10, 20 and so on that is not below a value. */
  private static double roundUp(double value) {
    double decade = decade(value);
    for (double each : ROUND) {
      if (each * decade >= value * (1 - 1e-9)) {
        return each * decade;
      }
    }
    throw new IllegalArgumentException("value: " + value);
  }

  private static double roundDown(double value) {
    double decade = decade(value);
    double down = decade;
    for (double each : ROUND) {
      down = each * decade <= value * (1 + 1e-9) ? each * decade : down;
    }
    return down;
  }

  private static double decade(double value) {
    return Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
  }

  /** Returns the position of a value: 0 at the start of the axis, 1 at its end. */
  double at(double value) {
    double from = ticks.get(0);
    double to = last(ticks);
    return log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  }
}
