package parley.proving;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The kinds of cases that play transcripts against a server, the simplest first. */
final class SocketKinds {

  /**
   * The maximum number of cuts that are tried for one transcript, and of single bytes at its end.
   */
  private static final int MOST_CUTS = 1000;

  private static final int LAST_BYTES = 24;
  private static final int GARBAGE = 120;
  private static final int GARBAGE_LINES = 4;
  private static final int ROUNDS = 8;
  private static final int SESSIONS = 16;

  private final Arena arena;
  private final List<Transcript> transcripts;
  private final List<Transcript> conversations;
  private final List<Transcript> all;
  private final boolean wholeFrames;
  private final long seed;

  /**
   * Creates the kinds for some transcripts.
   *
   * @param wholeFrames whether half a request at the end of the stream must not be answered
   */
  SocketKinds(Arena arena, List<Transcript> transcripts, boolean wholeFrames, long seed) {
    this.arena = arena;
    this.wholeFrames = wholeFrames;
    this.transcripts = transcripts.stream().filter(t -> !t.conversation().isAny()).toList();
    this.conversations = transcripts.stream().filter(t -> t.conversation().isAny()).toList();
    this.all = transcripts;
    this.seed = seed;
  }

  List<Kind> all() {
    return List.of(
        new Kind("in step", true, this::inStep),
        new Kind("coalesced", false, () -> pipelined().map(this::of)),
        new Kind("half-close at once", false, () -> lines().map(line -> of(line.hasty(true)))),
        new Kind("cut at every byte", false, this::cutAtEveryByte),
        new Kind("one byte at a time", false, this::byteByByte),
        new Kind("truncated at every byte", false, this::truncated),
        new Kind("many sessions interleaved", false, () -> together(true)),
        new Kind("many sessions at once", false, () -> together(false)),
        new Kind("garbage", false, this::garbage));
  }

  private Stream<Case> inStep() {
    return Stream.concat(
        lines().map(line -> of(line.inStep(true))),
        conversations.stream().map(each -> of(each, each.conversation())));
  }

  private Stream<Case> byteByByte() {
    return Stream.concat(
        lines().map(line -> of(line.byteByByte())),
        steps(sent -> Stream.of(Cuts.each(sent.length()))));
  }

  private Case of(Transcript transcript, Conversation conversation) {
    return new ConversationCase(arena, transcript.subject(), conversation);
  }

  /** Returns each step of each conversation of several clients, cut in some ways. */
  private Stream<Case> steps(Function<String, Stream<List<Integer>>> cuts) {
    return conversations.stream()
        .flatMap(
            each -> {
              Conversation whole = each.conversation();
              return IntStream.range(0, whole.steps().size())
                  .filter(i -> whole.steps().get(i).turn().sent().length() > 1)
                  .boxed()
                  .flatMap(
                      i ->
                          cuts.apply(whole.steps().get(i).turn().sent())
                              .map(places -> of(each, whole.cut(i, places))));
            });
  }

  private Case of(Line line) {
    return SocketCase.of(arena, line);
  }

  private Stream<Line> lines() {
    return transcripts.stream().map(Transcript::line);
  }

  /** Returns the lines that can be played beside others. */
  private List<Line> sociable() {
    return transcripts.stream().filter(t -> !t.isAlone()).map(Transcript::line).toList();
  }

  private Stream<Line> pipelined() {
    return lines().filter(line -> !line.inStep() && line.turns().size() > 1);
  }

  private Stream<Case> cutAtEveryByte() {
    return Stream.concat(
        lines().flatMap(line -> eachTurn(line).flatMap(i -> cut(line, i))),
        steps(sent -> Cuts.within(sent.length(), MOST_CUTS).stream().map(List::of)));
  }

  private static Stream<Integer> eachTurn(Line line) {
    return IntStream.range(0, line.turns().size()).boxed();
  }

  /** Cuts a turn in two; also between two turns, if the client need not wait there. */
  private Stream<Case> cut(Line line, int index) {
    Turn turn = line.turns().get(index);
    boolean last = index == line.turns().size() - 1 || line.inStep();
    return Cuts.within(turn.sent().length() + (last ? 0 : 1), MOST_CUTS).stream()
        .map(at -> of(line.turn(index, turn.cut(List.of(at)))));
  }

  /** The answer to half a request is the same for every cut. */
  private Stream<Case> truncated() {
    return lines()
        .filter(line -> line.rest() == Line.Rest.NONE)
        .flatMap(line -> eachTurn(line).flatMap(i -> truncated(line, i)));
  }

  private Stream<Case> truncated(Line line, int index) {
    String sent = line.turns().get(index).sent();
    return Cuts.within(sent.length(), MOST_CUTS / 2).stream()
        .map(length -> truncated(line, index, sent.substring(0, length)));
  }

  private Case truncated(Line line, int index, String half) {
    boolean varies = line.turns().stream().anyMatch(turn -> turn.expected().varies());
    Turn whole = Turn.of(half, wholeFrames ? line.turns().get(index).expected() : Expected.NOTHING);
    Turn cut = whole.cut(Cuts.last(half.length(), LAST_BYTES));
    List<Turn> turns = new ArrayList<>(line.turns().subList(0, index));
    turns.add(whole);
    Line.Rest rest = wholeFrames ? Line.Rest.LESS : Line.Rest.ANY;
    Line reference = line.turns(turns).hasty(true).closed(false).rest(rest);
    return varies || wholeFrames
        ? of(reference.turn(index, cut))
        : new SameRestCase(arena, reference, reference.turn(index, cut));
  }

  private Stream<Case> together(boolean apart) {
    List<Line> sociable = sociable();
    Random random = new Random(seed);
    return sociable.isEmpty()
        ? Stream.empty()
        : IntStream.range(0, ROUNDS).mapToObj(i -> together(sociable, apart, random));
  }

  private Case together(List<Line> sociable, boolean apart, Random random) {
    List<Line> lines = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      Line line = cutAtRandom(sociable.get(i % sociable.size()), random);
      lines.add(line);
      order.addAll(Collections.nCopies(line.parts().size(), i));
    }
    Collections.shuffle(order, random);
    return new SocketCase(arena, lines, order, apart, null);
  }

  private static Line cutAtRandom(Line line, Random random) {
    return line.turns(
        line.turns().stream()
            .map(turn -> turn.cut(Cuts.some(turn.sent().length(), 3, random)))
            .toList());
  }

  /** One client continues its transcript beside clients that send garbage. */
  private Stream<Case> garbage() {
    List<Line> sociable = sociable();
    List<Line> lines = all.stream().flatMap(each -> each.lines().stream()).toList();
    List<String> good = lines.stream().map(Line::sent).toList();
    Line first = lines.isEmpty() ? Transcript.named("").line() : lines.get(0);
    Random random = new Random(seed);
    Garbage garbage = new Garbage(random, good);
    return IntStream.range(0, GARBAGE).mapToObj(i -> garbage(i, first, garbage, sociable, random));
  }

  private Case garbage(int round, Line first, Garbage garbage, List<Line> sociable, Random random) {
    List<Line> lines = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < GARBAGE_LINES; i++) {
      String bytes = garbage.next();
      lines.add(first.garbage(bytes, Cuts.some(bytes.length(), 2, random)));
    }
    if (!sociable.isEmpty()) {
      lines.add(cutAtRandom(sociable.get(round % sociable.size()), random));
    }
    for (int i = 0; i < 4 * lines.size(); i++) {
      order.add(i % lines.size());
    }
    return new SocketCase(arena, lines, order, true, null);
  }
}
