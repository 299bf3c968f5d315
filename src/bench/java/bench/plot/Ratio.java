package bench.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * A measured ratio next to its target.
 *
 * @param measured empty if one of its two figures was not measured
 * @param atMost whether less is better
 */
record Ratio(Optional<Double> measured, double target, boolean atMost) {

  static final String LEGEND =
      "Ratios of medians, rounded against Parley; targets in parentheses." + " Bold: it is not.";

  /** Returns a text such as {@code 1.12 (1.05)}; a missed target is bold. */
  String cell() {
    String wanted = new BigDecimal(Double.toString(target)).stripTrailingZeros().toPlainString();
    String behind = " (" + (atMost ? "at most " : "") + wanted + ")";
    return measured.map(this::words).orElse("not measured") + behind;
  }

  private String words(double ratio) {
    RoundingMode against = atMost ? RoundingMode.CEILING : RoundingMode.FLOOR;
    BigDecimal rounded = BigDecimal.valueOf(ratio).setScale(2, against);
    int beside = rounded.compareTo(BigDecimal.valueOf(target));
    boolean reached = atMost ? beside <= 0 : beside >= 0;
    return reached ? rounded.toPlainString() : "**" + rounded.toPlainString() + "**";
  }
}
