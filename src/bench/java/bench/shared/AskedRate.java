package bench.shared;

import java.util.Optional;

/** The rate that an open loop asks of a server, in requests per second. */
public final class AskedRate {

  public static final String METRIC = "asked-rate";

  /**
   * The least share of the rate that must be answered; the rest may be in flight at the end, as in
   * a pause.
   */
  private static final double KEPT_SHARE = 0.99;

  private AskedRate() {}

  /**
   * Returns whether a server answered at that rate; true if there was none, as in a closed loop.
   */
  public static boolean isKept(Optional<Spread> asked, Optional<Spread> answered) {
    return asked.isEmpty()
        || answered.isPresent() && answered.get().median() >= KEPT_SHARE * asked.get().median();
  }
}
