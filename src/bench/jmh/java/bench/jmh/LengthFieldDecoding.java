package bench.jmh;

import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.bytes.ByteArrayDecoder;
import java.util.concurrent.TimeUnit;
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
import parley.codec.LengthFieldCodecFactory;

/** Bytes to frames behind a length of two bytes: the time, and the memory, that one frame takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Frames.PER_INVOCATION)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LengthFieldDecoding {

  /** The bytes of a frame, without its length. */
  @Param({"16", "4096"})
  public int bytes;

  /** The frames in a read. */
  @Param({"1", "16", "128"})
  public int inOneRead;

  private Sink sink;
  private byte[] read;
  private MinaCodec parley;
  private NettyCodec arrays;
  private NettyCodec slices;

  @Setup
  public void setUp(Blackhole blackhole) throws Exception {
    sink = new Sink(blackhole);
    read = Frames.lengthPrefixed(bytes, inOneRead);
    parley = new MinaCodec(new LengthFieldCodecFactory(2), sink);
    arrays = new NettyCodec(read, sink, nettys(), new ByteArrayDecoder());
    slices = new NettyCodec(read, sink, nettys());
  }

  private static LengthFieldBasedFrameDecoder nettys() {
    return new LengthFieldBasedFrameDecoder(
        LengthFieldCodecFactory.DEFAULT_MAX_FRAME_BYTES, 0, 2, 0, 2);
  }

  /** To arrays of the handler's own. */
  @Benchmark
  public void parley() throws Exception {
    for (int i = 0; i < Frames.PER_INVOCATION; i += inOneRead) {
      parley.decode(read);
    }
    sink.check();
  }

  /** To arrays of the handler's own, as Parley does. */
  @Benchmark
  public void nettyArrays() {
    decode(arrays);
  }

  /** To slices of what was read, which are not copied and which the handler has to release. */
  @Benchmark
  public void nettySlices() {
    decode(slices);
  }

  private void decode(NettyCodec codec) {
    for (int i = 0; i < Frames.PER_INVOCATION; i += inOneRead) {
      codec.decode();
    }
    sink.check();
  }
}
