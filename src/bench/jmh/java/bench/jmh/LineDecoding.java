package bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;
import parley.codec.LineCodecFactory;

/** Bytes to lines: the time, and the memory, per line. */
public class LineDecoding extends FrameBenchmark {

  private static final int MAX_LINE_BYTES = 8192;

  /** The bytes of a line, including its LF. */
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
    eachRead(inOneRead, () -> codec.decode(read));
    sink.check();
  }

  @Benchmark
  public void netty() throws Exception {
    eachRead(inOneRead, netty::decode);
    sink.check();
  }
}
