package parley.proving;

import java.util.List;

/** What a client sends, where that is cut, and what must come for it. */
record Turn(String sent, List<Integer> cuts, Expected expected) {

  static Turn of(String sent, Expected expected) {
    return new Turn(sent, List.of(), expected);
  }

  Turn cut(List<Integer> places) {
    return new Turn(sent, places, expected);
  }
}
