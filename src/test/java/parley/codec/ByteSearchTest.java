package parley.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteSearchTest {

  /** Searches each position of each range, among bytes that differ by one bit or by one. */
  @Test
  void theFirstMatchIsFoundAtEachPosition() {
    Random random = new Random(20261127);
    byte[] near = {'\n' ^ 1, '\n' - 1, '\n' + 1, (byte) ('\n' | 0x80), 0, -1, 'a'};
    for (int length = 0; length <= 200; length++) {
      byte[] bytes = new byte[length + 3];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = near[random.nextInt(near.length)];
      }
      bytes[0] = '\n'; // before the range
      bytes[bytes.length - 1] = '\n'; // after it
      int to = length + 2;
      assertThat(ByteSearch.indexOf(bytes, 1, to, (byte) '\n')).isEqualTo(-1);
      for (int at = to - 1; at >= 1; at--) {
        bytes[at] = '\n';
        assertThat(ByteSearch.indexOf(bytes, 1, to, (byte) '\n')).isEqualTo(at);
      }
    }
  }
}
