package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.mina.core.buffer.IoBuffer;
import org.junit.jupiter.api.Test;

class WaitingFramesTest {

  /**
   * A filter below the codec may split one read into many, so that the bytes come in small pieces.
   */
  @Test
  void laterBytesAreCopiedAFewTimes() {
    int reads = 1 << 16;
    WaitingFrames waiting = new WaitingFrames(0);
    waiting.rest(IoBuffer.wrap(new byte[] {0}));
    for (int i = 1; i < reads; i++) {
      waiting.behind(new byte[] {(byte) i});
    }
    IoBuffer rest = waiting.passTo(null);
    assertThat(rest.remaining()).isEqualTo(reads);
    for (int i = 0; i < reads; i++) {
      assertThat(rest.get()).isEqualTo((byte) i);
    }
    assertThat(waiting.copied()).isLessThan(4 * reads);
  }

  @Test
  void takenFramesDoNotReappear() {
    WaitingFrames waiting = new WaitingFrames(0);
    waiting.behind(new byte[] {1, 2, 3});
    assertThat(waiting.passTo(null).get()).isEqualTo((byte) 1);
    waiting.behind(new byte[] {4});
    waiting.behind(new byte[] {5, 6, 7, 8, 9});
    byte[] left = new byte[8];
    waiting.passTo(null).get(left);
    assertThat(left).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(waiting.size()).isLessThanOrEqualTo(16);
  }
}
