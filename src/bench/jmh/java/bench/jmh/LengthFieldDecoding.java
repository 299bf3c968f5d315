package bench.jmh;

import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.bytes.ByteArrayDecoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;
import parley.codec.LengthFieldCodecFactory;

/** Bytes to frames behind a length of two bytes: the time, and the memory, that one frame takes. */
public class LengthFieldDecoding extends FrameBenchmark {

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
    eachRead(inOneRead, () -> parley.decode(read));
    sink.check();
  }

  /** To arrays of the handler's own, as Parley does. */
  @Benchmark
  public void nettyArrays() throws Exception {
    decode(arrays);
  }

  /** To slices of what was read, which are not copied and which the handler has to release. */
  @Benchmark
  public void nettySlices() throws Exception {
    decode(slices);
  }

  private void decode(NettyCodec codec) throws Exception {
    eachRead(inOneRead, codec::decode);
    sink.check();
  }
}
