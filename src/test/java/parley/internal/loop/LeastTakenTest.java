package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeastTakenTest {

  @ParameterizedTest
  @CsvSource({"1024,120000,122880", "9,100,1", "1,1,1", "0,100,0"})
  void aRateIsNeverRoundedToZero(int rate, int windowMillis, long least) {
    Duration window = Duration.ofMillis(windowMillis);
    Deadlines deadlines = new Deadlines(Duration.ZERO, Duration.ZERO, Duration.ZERO, rate, window);
    assertThat(deadlines.leastTaken()).isEqualTo(least);
  }
}
