package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connection on which the server must say the same as on another, in what is not known
 * beforehand: the answer to half a request, a refusal.
 *
 * @param reference the other one; anything may come behind what it expects
 * @param line this one
 */
record SameRestCase(Arena arena, Line reference, Line line) implements Case {

  @Override
  public @Nullable Trouble play() {
    List<String> rests = new ArrayList<>();
    Trouble trouble = SocketCase.of(arena, reference).play(rests);
    if (trouble != null) {
      return trouble;
    }
    return SocketCase.of(arena, line.endsWith(rests.get(0))).play();
  }

  @Override
  public Stream<Case> smaller() {
    return Smaller.of(line.rest(Line.Rest.NONE))
        .filter(less -> less.line().turns().size() == line.turns().size())
        .map(less -> new SameRestCase(arena, reference, less.line()));
  }
}
