package bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
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

/** Bytes to lines: the time, and the memory, that one line takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Frames.PER_INVOCATION)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LineDecoding {

  private static final int MAX_LINE_BYTES = 8192;

  /** The bytes of a line, with its LF. */
  @Param({"16", "4096"})
  public int bytes;

  /** The lines in a read. */
  @Param({"1", "16", "128"})
  public int inOneRead;

  private Sink sink;
  private byte[] read;
  private MinaCodec parley;
  private MinaCodec mina;
  private NettyCodec netty;

  @Setup
  public void setUp(Blackhole blackhole) throws Exception {
    sink = new Sink(blackhole);
    read = Frames.lines(bytes, inOneRead);
    parley = new MinaCodec(new LineCodecFactory(UTF_8, MAX_LINE_BYTES), sink);
    TextLineCodecFactory stock =
        new TextLineCodecFactory(UTF_8, LineDelimiter.UNIX, LineDelimiter.UNIX);
    stock.setDecoderMaxLineLength(MAX_LINE_BYTES);
    mina = new MinaCodec(stock, sink);
    netty =
        new NettyCodec(
            read, sink, new LineBasedFrameDecoder(MAX_LINE_BYTES), new StringDecoder(UTF_8));
  }

  @Benchmark
  public void parley() throws Exception {
    decode(parley);
  }

  @Benchmark
  public void mina() throws Exception {
    decode(mina);
  }

  private void decode(MinaCodec codec) throws Exception {
    for (int i = 0; i < Frames.PER_INVOCATION; i += inOneRead) {
      codec.decode(read);
    }
    sink.check();
  }

  @Benchmark
  public void netty() {
    for (int i = 0; i < Frames.PER_INVOCATION; i += inOneRead) {
      netty.decode();
    }
    sink.check();
  }
}
