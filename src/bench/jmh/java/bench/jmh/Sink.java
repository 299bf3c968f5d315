package bench.jmh;

import org.apache.mina.core.filterchain.IoFilter.NextFilter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.openjdk.jmh.infra.Blackhole;

/** Receives the output of a codec, and counts it. */
final class Sink implements ProtocolDecoderOutput, ProtocolEncoderOutput {

  private final Blackhole blackhole;
  private int count;

  Sink(Blackhole blackhole) {
    this.blackhole = blackhole;
  }

  @Override
  public void write(Object made) {
    blackhole.consume(made);
    count++;
  }

  @Override
  public void flush(NextFilter next, IoSession session) {}

  /** Checks that everything that one invocation must produce has arrived. */
  void check() {
    int came = count;
    count = 0;
    if (came != Frames.PER_INVOCATION) {
      throw new IllegalStateException(came + " frames (expected: " + Frames.PER_INVOCATION + ")");
    }
  }
}
