package bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the time per frame; the common part of all benchmarks here. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Frames.PER_INVOCATION)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class FrameBenchmark {

  /** One read of an invocation. */
  interface Reading {
    void read() throws Exception;
  }

  /** Runs an action for each read of an invocation, with this number of frames per read. */
  static void eachRead(int framesInOne, Reading reading) throws Exception {
    for (int i = 0; i < Frames.PER_INVOCATION; i += framesInOne) {
      reading.read();
    }
  }
}
