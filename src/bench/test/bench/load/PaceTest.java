package bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The schedule of an open loop, and the latencies that count from it. */
class PaceTest {

  private static final long MILLI = 1_000_000;

  /** A legal System.nanoTime() that overflows within the test. */
  private static final long START = Long.MAX_VALUE - 500 * MILLI;

  private final Latencies latencies = new Latencies();

  /** One burst per 10 ms, from START on; one second of warm-up, one second that is measured. */
  private static Pace pace() {
    Pace pace = new Pace(10 * MILLI);
    pace.start(START, new Seconds(1, 1));
    return pace;
  }

  private static long at(long millis) {
    return START + millis * MILLI;
  }

  @Test
  void burstsAreDueAtConstantIntervalsWhateverWasSent() {
    Pace pace = pace();
    assertEquals(1, pace.due(at(0)));
    assertEquals(1, pace.due(at(10) - 1));
    assertEquals(2, pace.due(at(10)));
    assertEquals(101, pace.due(at(1000)));
    assertEquals(201, pace.due(at(2000)));
  }

  @Test
  void noBurstIsDueAfterTheEnd() {
    assertEquals(201, pace().due(at(5000)));
    assertFalse(pace().isOver(at(2000) - 1));
    assertTrue(pace().isOver(at(2000)));
  }

  /** The burst of number 90 million is due at its nanosecond. */
  @Test
  void intervalsAreNotRounded() {
    Pace pace = new Pace(1e9 / 3_000_000);
    pace.start(START, new Seconds(0, 60));
    assertEquals(90_000_001, pace.due(at(30_000)));
    assertEquals(90_000_000, pace.due(at(30_000) - 1));
  }

  /** The load or the server stopped for 100 ms; ten bursts of two requests were due meanwhile. */
  @Test
  void aStallIsChargedForEachRequestThatWasDueMeanwhile() {
    Pace pace = pace();
    for (int burst = 100; burst < 110; burst++) {
      pace.record(burst, at(1100), 2, latencies);
    }
    assertEquals(20, latencies.count());
    assertEquals(100_000, latencies.micros(100), 100);
    assertEquals(50_000, latencies.micros(50), 50);
    assertEquals(10_000, latencies.micros(1), 10);
  }

  @Test
  void onlyRequestsThatWereDueWhileMeasuredCount() {
    Pace pace = pace();
    pace.record(99, at(1500), 1, latencies); // due in the warm-up, answered later
    assertEquals(0, latencies.count());
    pace.record(100, at(1000), 1, latencies);
    pace.record(200, at(9000), 1, latencies); // due at the end, answered after it
    assertEquals(2, latencies.count());
    assertEquals(7_000_000, latencies.micros(100), 7_000);
    assertEquals(0, latencies.micros(50));
  }
}
