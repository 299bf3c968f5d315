package parley.testing;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Seeds of mixed tests: {@code -Dmix.seeds=N} runs N of them, {@code -Dmix.seed=S} runs one. */
@NullMarked
public final class Seeds {

  private Seeds() {}

  /** Returns a test per seed, {@code most} of them by default. */
  public static List<DynamicTest> tests(int most, LongFunction<Executable> test) {
    Long one = Long.getLong("mix.seed");
    LongStream seeds =
        one == null ? LongStream.range(1, 1 + Long.getLong("mix.seeds", most)) : LongStream.of(one);
    return seeds
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, test.apply(seed)))
        .toList();
  }

  /** Returns a Random whose first numbers differ, even for seeds in sequence. */
  public static Random random(long seed) {
    return new Random(new SplittableRandom(seed).nextLong());
  }
}
