package bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import java.util.concurrent.TimeUnit;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import parley.codec.LineCodecFactory;

/** Lines to bytes, one at a time: the time, and the memory, that one line takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Frames.PER_INVOCATION)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LineEncoding {

  /** The bytes of a line, with its LF. */
  @Param({"16", "4096"})
  public int bytes;

  private Sink sink;
  private String line;
  private MinaCodec parley;
  private MinaCodec mina;
  private NettyCodec netty;

  @Setup
  public void setUp(Blackhole blackhole) throws Exception {
    sink = new Sink(blackhole);
    line = Frames.line(bytes);
    parley = new MinaCodec(new LineCodecFactory(), sink);
    mina =
        new MinaCodec(
            new TextLineCodecFactory(UTF_8, LineDelimiter.UNIX, LineDelimiter.UNIX), sink);
    netty = new NettyCodec(new byte[0], sink, new LineEncoder(LineSeparator.UNIX, UTF_8));
  }

  @Benchmark
  public void parley() throws Exception {
    encode(parley);
  }

  @Benchmark
  public void mina() throws Exception {
    encode(mina);
  }

  private void encode(MinaCodec codec) throws Exception {
    for (int i = 0; i < Frames.PER_INVOCATION; i++) {
      codec.encode(line);
    }
    sink.check();
  }

  @Benchmark
  public void netty() {
    for (int i = 0; i < Frames.PER_INVOCATION; i++) {
      netty.encode(line);
    }
    sink.check();
  }
}
