package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection that must receive the same bytes as another one where they are not known in advance:
 * the answer to half a request, or a refusal.
 *
 * @param reference the other connection; anything may follow its expected bytes
 * @param line this connection
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
