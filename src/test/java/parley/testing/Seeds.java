package parley.testing;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * Seeds of mixes: {@code -Dmix.seeds=N} tries so many, {@code -Dmix.seed=S} the one that failed.
 */
@NullMarked
public final class Seeds {

  private Seeds() {}

  /** A test each, so many by default. */
  public static List<DynamicTest> tests(int most, LongFunction<Executable> test) {
    Long one = Long.getLong("mix.seed");
    LongStream seeds =
        one == null ? LongStream.range(1, 1 + Long.getLong("mix.seeds", most)) : LongStream.of(one);
    return seeds
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, test.apply(seed)))
        .toList();
  }

  /** The first numbers of a Random are nearly the same for seeds that follow each other. */
  public static Random random(long seed) {
    return new Random(new SplittableRandom(seed).nextLong());
  }
}
