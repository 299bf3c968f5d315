package bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;
import parley.codec.LineCodecFactory;

/** Lines to bytes, one at a time: the time, and the memory, per line. */
public class LineEncoding extends FrameBenchmark {

  /** The bytes of a line, including its LF. */
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
    eachRead(1, () -> codec.encode(line));
    sink.check();
  }

  @Benchmark
  public void netty() throws Exception {
    eachRead(1, () -> netty.encode(line));
    sink.check();
  }
}
