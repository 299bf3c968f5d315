package parley.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import parley.telemetry.DurationFigures;

/** The buckets of durations. */
class DurationsTest {

  private static final long LARGEST = 1L << 36;

  @Property
  void aPercentileIsAtMostAQuarterTooHigh(
      @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 0, max = LARGEST) Long> values,
      @ForAll @LongRange(min = 1, max = 100) long percent) {
    Durations durations = new Durations(Durations.Scale.ANSWERS);
    values.forEach(each -> durations.record(each, 1));
    long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    long exact = sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1];
    DurationFigures figures = durations.figures();
    long shown = figures.percentile(percent).toNanos();
    assertThat(shown).isGreaterThanOrEqualTo(exact);
    assertThat((double) shown).isLessThanOrEqualTo(Math.max(1024, 1.25 * exact));
    assertThat(figures.count()).isEqualTo(values.size());
    assertThat(figures.total().toNanos()).isEqualTo(Arrays.stream(sorted).sum());
  }

  @Property
  void aBoundBelongsToItsOwnBucket(@ForAll @LongRange(min = 0, max = LARGEST) long nanos) {
    Durations durations = new Durations(Durations.Scale.ANSWERS);
    durations.record(nanos, 3);
    Duration bound = durations.figures().percentile(100);
    assertThat(Durations.Scale.ANSWERS.bucket(bound.toNanos()))
        .isEqualTo(Durations.Scale.ANSWERS.bucket(nanos));
    assertThat(Durations.Scale.ANSWERS.bucket(bound.toNanos() + 1))
        .isEqualTo(Durations.Scale.ANSWERS.bucket(nanos) + 1);
    assertThat(durations.figures().countWithin(bound)).isEqualTo(3);
    assertThat(durations.figures().countWithin(bound.dividedBy(2)))
        .isEqualTo(nanos <= 1024 ? 3 : 0);
  }

  @Property(tries = 20)
  void longerDurationsCountAtTheLargestBound(
      @ForAll @LongRange(min = LARGEST + 1, max = Long.MAX_VALUE / 4) long nanos) {
    Durations durations = new Durations(Durations.Scale.ANSWERS);
    durations.record(nanos, 1);
    assertThat(durations.figures().percentile(50).toNanos()).isEqualTo(LARGEST);
    assertThat(durations.figures().countWithin(Duration.ofNanos(LARGEST))).isZero();
    assertThat(durations.figures().countWithin(Duration.ofDays(1))).isZero();
  }

  @Property(tries = 1)
  void sumsAndNothing() {
    Durations one = new Durations(Durations.Scale.ANSWERS);
    assertThat(one.figures().percentile(99)).isZero();
    one.record(2_000, 2);
    Durations other = new Durations(Durations.Scale.ANSWERS);
    other.record(1_000_000, 1);
    DurationFigures both = one.figures().plus(other.figures());
    assertThat(both.count()).isEqualTo(3);
    assertThat(both.total()).isEqualTo(Duration.ofNanos(1_004_000));
    assertThatThrownBy(() -> both.percentile(0))
        .hasMessage("percent: 0.0 (expected: above 0 to 100)");
  }
}
