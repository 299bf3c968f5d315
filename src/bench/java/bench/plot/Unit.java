package bench.plot;

import java.util.Locale;

/** The way values are written: short, with at most three significant digits. */
enum Unit {
  PER_SECOND(new double[] {1, 1e3, 1e6, 1e9}, new String[] {"", " k", " M", " G"}),
  MICROSECONDS(new double[] {1, 1e3, 1e6}, new String[] {" µs", " ms", " s"});

  private final double[] sizes;
  private final String[] names;

  Unit(double[] sizes, String[] names) {
    this.sizes = sizes;
    this.names = names;
  }

  /** Returns a value such as {@code 4.8 M} or {@code 250 µs}; 0 without a unit. */
  String of(double value) {
    if (value == 0) {
      return "0";
    }
    int i = 0;
    while (i + 1 < sizes.length && value >= 0.9995 * sizes[i + 1]) {
      i++;
    }
    double scaled = value / sizes[i];
    int decimals = scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", scaled);
    if (decimals > 0) {
      text = text.replaceAll("\\.?0+$", "");
    }
    return text + names[i];
  }
}
