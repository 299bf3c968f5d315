package bench.jmh;

import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.bytes.ByteArrayDecoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;
import parley.codec.LengthFieldCodecFactory;

/** Bytes to frames after a length of two bytes: the time, and the memory, per frame. */
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

  /** Decodes to arrays that belong to the handler. */
  @Benchmark
  public void parley() throws Exception {
    eachRead(inOneRead, () -> parley.decode(read));
    sink.check();
  }

  /** Decodes to arrays that belong to the handler, as Parley does. */
  @Benchmark
  public void nettyArrays() throws Exception {
    decode(arrays);
  }

  /**
   * Decodes to slices of the read bytes, which are not copied and which the handler must release.
   */
  @Benchmark
  public void nettySlices() throws Exception {
    decode(slices);
  }

  private void decode(NettyCodec codec) throws Exception {
    eachRead(inOneRead, codec::decode);
    sink.check();
  }
}
