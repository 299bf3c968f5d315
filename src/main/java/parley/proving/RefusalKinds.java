package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of cases with input that the server must refuse, and with input at the limit. */
final class RefusalKinds {

  /** Input that must be refused, in sessions that have had a conversation, if it is not null. */
  record Refused(String name, String bytes, @Nullable Transcript after) {}

  /** A unit that never completes a frame, in such sessions. */
  record Endless(String unit, @Nullable Transcript after) {}

  /** Makers of a request of n units and its answer, and the maximum n, in such sessions. */
  record Limit(
      int most, IntFunction<?> request, IntFunction<?> answer, @Nullable Transcript after) {

    String request(int units) {
      return Raw.of(request.apply(units));
    }

    String answer(int units) {
      return Raw.of(answer.apply(units));
    }
  }

  private final Arena arena;
  private final Expected banner;
  private final boolean inStep;
  private final @Nullable Turn good;

  /** Creates the kinds, with an answered request from the transcripts if there is one. */
  RefusalKinds(Arena arena, List<Transcript> transcripts) {
    this.arena = arena;
    banner = transcripts.isEmpty() ? Expected.NOTHING : transcripts.get(0).lines().get(0).banner();
    Transcript first =
        transcripts.stream()
            .filter(t -> !t.conversation().isAny())
            .filter(t -> t.turns().size() > (t.isClosed() ? 1 : 0))
            .findFirst()
            .orElse(null);
    good = first == null ? null : first.turns().get(0);
    inStep = first != null && first.isInStep();
  }

  /** A request at the limit is answered, and one more unit is refused. */
  Kind limit(List<Limit> limits) {
    return new Kind(
        "the limit",
        false,
        () -> limits.stream().flatMap(limit -> Stream.concat(answered(limit), tooLong(limit))));
  }

  private Stream<Case> answered(Limit limit) {
    return Stream.of(limit.most() - 1, limit.most())
        .filter(units -> units >= 0)
        .flatMap(
            units -> {
              String request = limit.request(units);
              Expected answer = Expected.literal(limit.answer(units));
              return cuttings(Turn.of(request, answer), true)
                  .flatMap(turn -> aloneAndBehind(turn, limit.after()))
                  .map(turns -> line("a request of " + units + " units", turns, limit.after()))
                  .map(line -> SocketCase.of(arena, line));
            });
  }

  private Stream<Case> tooLong(Limit limit) {
    int units = limit.most() + 1;
    return refused(
        new Refused("a request of " + units + " units", limit.request(units), limit.after()),
        limit.answer(units),
        true);
  }

  /** Refused input ends the session, and nothing after it is answered. */
  Kind refused(List<Refused> inputs) {
    return new Kind(
        "refused input",
        false,
        () ->
            inputs.stream()
                .map(each -> new Refused(subject(each), each.bytes(), each.after()))
                .flatMap(each -> refused(each, null, false)));
  }

  private static String subject(Refused input) {
    return "refused input \""
        + input.name()
        + "\""
        + (input.after() == null ? "" : " after " + input.after().subject());
  }

  private Stream<Case> refused(Refused input, @Nullable String never, boolean all) {
    Turn bad = Turn.of(input.bytes(), Expected.NOTHING);
    return aloneAndBehind(bad, input.after())
        .flatMap(
            turns -> {
              int at = turns.size() - 1;
              Line reference =
                  line(input.name(), turns, input.after()).closed(true).rest(Line.Rest.ANY);
              Line strict = never == null ? reference : reference.never(never);
              return cuttings(bad, all)
                  .map(turn -> strict.turn(at, turn))
                  .flatMap(line -> Stream.of(SocketCase.of(arena, line), behind(reference, line)));
            });
  }

  /** A request after the refused one changes nothing. */
  private Case behind(Line reference, Line line) {
    if (good == null) {
      return new SameRestCase(arena, reference, line);
    }
    int last = line.turns().size() - 1;
    Turn bad = line.turns().get(last);
    Turn both = new Turn(bad.sent() + good.sent(), bad.cuts(), Expected.NOTHING);
    return new SameRestCase(arena, reference, line.turn(last, both));
  }

  /** Returns the turn whole, byte by byte, and cut before the last bytes. */
  private static Stream<Turn> cuttings(Turn turn, boolean all) {
    int length = turn.sent().length();
    Stream<Turn> two = Stream.of(turn, turn.cut(Cuts.each(length)));
    return all && length > 2
        ? Stream.concat(two, Stream.of(length - 1, length - 2).map(at -> turn.cut(List.of(at))))
        : two;
  }

  /** Returns the turn in a new session and after a valid request, or after a conversation. */
  private Stream<List<Turn>> aloneAndBehind(Turn turn, @Nullable Transcript after) {
    if (after != null) {
      List<Turn> turns = new ArrayList<>(after.turns());
      turns.add(turn);
      return Stream.of(turns);
    }
    return good == null ? Stream.of(List.of(turn)) : Stream.of(List.of(turn), List.of(good, turn));
  }

  private Line line(String subject, List<Turn> turns, @Nullable Transcript after) {
    boolean waits = after == null ? inStep : after.isInStep();
    Expected first = after == null ? banner : after.banner();
    return new Line(subject, first, turns, waits, false, false, Line.Rest.NONE, null);
  }

  /** Endless input ends the session before the server has read too much. */
  Kind endless(List<Endless> units, List<Limit> limits) {
    long most =
        limits.stream().mapToLong(limit -> limit.request(limit.most()).length()).max().orElse(-1);
    long bound = CodecProof.bound(most);
    return new Kind(
        "endless",
        false,
        () -> units.stream().map(each -> new EndlessCase(arena, each.after(), each.unit(), bound)));
  }
}
