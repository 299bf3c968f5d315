package bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The works that a command line asks for. */
class OptionsTest {

  @Test
  void anIdleConnectionMayHaveAskedOnce() {
    assertEquals("idle 9123 15000 0", Work.of("idle-15000").command(9123, 1, 1));
    assertEquals("idle 9123 15000 1", Work.of("idle-asked-15000").command(9123, 1, 1));
  }
}
