package parley.telemetry;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import parley.session.EndReason;

/** Which ended sessions get a line in the log {@code parley.session}: their records. */
public enum SessionLog {
  /** None of them. */
  OFF,
  /** Those that a limit, a deadline, an invalid frame, a fault or a lost connection has ended. */
  ABNORMAL,
  /** All of them. */
  ALL;

  /**
   * Returns the value that conf calls by a name.
   *
   * @param name the name: off, abnormal or all
   * @return the value
   * @throws IllegalArgumentException for any other name
   */
  public static SessionLog of(String name) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "session log: "
                        + name
                        + " (expected: "
                        + Arrays.stream(values())
                            .map(SessionLog::label)
                            .collect(Collectors.joining(", "))
                        + ")"));
  }

  /** {@return the name that conf uses, such as {@code abnormal}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns whether an ended session gets a line.
   *
   * @param reason why it ended
   * @return whether it does
   */
  public boolean has(EndReason reason) {
    return this == ALL || (this == ABNORMAL && reason.isAbnormal());
  }
}
