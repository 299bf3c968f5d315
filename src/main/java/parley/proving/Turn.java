package parley.proving;

import java.util.List;

/** The bytes that a client sends, where they are cut, and the bytes that it must receive. */
record Turn(String sent, List<Integer> cuts, Expected expected) {

  static Turn of(String sent, Expected expected) {
    return new Turn(sent, List.of(), expected);
  }

  Turn cut(List<Integer> places) {
    return new Turn(sent, places, expected);
  }
}
