package bench.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void theTimeLeftHasTheUnitThatFits() {
    assertEquals("about 0 s left", Progress.left(0.4));
    assertEquals("about 119 s left", Progress.left(119));
    assertEquals("about 2 min left", Progress.left(120));
    assertEquals("about 119 min left", Progress.left(7130));
    assertEquals("about 3 h left", Progress.left(10_000));
  }
}
