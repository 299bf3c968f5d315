package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of cases that feed a decoder in memory, the simplest first. */
final class CodecKinds {

  /**
   * Input for a decoder.
   *
   * @param frames the descriptions of the expected frames; null if they are not known
   */
  record Stretch(String subject, String bytes, @Nullable List<String> frames) {}

  private static final int MOST_CUTS = 1000;
  private static final int MOST_TRUNCATED = 250;
  private static final int TWICE_CUT = 60;
  private static final int LAST_BYTES = 24;
  private static final int GARBAGE = 1000;
  private static final int PAIRS = 100;

  private final String prefix;
  private final CodecPlayer player;
  private final List<Stretch> streams;
  private final List<Stretch> refused;
  private final boolean wholeFrames;
  private final long seed;

  /**
   * Creates the kinds for one factory's decoders.
   *
   * @param prefix a prefix for the kinds' names
   * @param streams input that decodes without an error
   * @param refused input that may end in an error
   * @param wholeFrames whether half a frame at the end of the stream must yield no frame
   */
  CodecKinds(
      String prefix,
      CodecPlayer player,
      List<Stretch> streams,
      List<Stretch> refused,
      boolean wholeFrames,
      long seed) {
    this.prefix = prefix;
    this.player = player;
    this.streams = streams.stream().filter(stream -> !stream.bytes().isEmpty()).toList();
    this.refused = refused;
    this.wholeFrames = wholeFrames;
    this.seed = seed;
  }

  List<Kind> all() {
    return List.of(
        kind("whole", true, streams.stream().map(this::whole)),
        kind("cut at every byte", false, tapes().flatMap(this::cut)),
        kind("cut in three", false, tapes().flatMap(this::cutTwice)),
        kind(
            "one byte at a time", false, both().map(t -> of(t.cut(Cuts.each(t.bytes().length()))))),
        kind("direct and sliced buffers", false, tapes().flatMap(this::buffers)),
        kind("truncated at every byte", false, tapes().flatMap(this::truncated)),
        kind("two sessions in turn", false, pairs()),
        kind("after an error", false, refused.stream().flatMap(bad -> after(bad.bytes()))),
        kind("garbage", false, garbage()));
  }

  private Kind kind(String name, boolean basic, Stream<? extends Case> cases) {
    return new Kind(prefix + name, basic, () -> cases);
  }

  private Case of(Tape tape) {
    return CodecCase.of(player, tape);
  }

  private Stream<Tape> tapes() {
    return streams.stream().map(stream -> Tape.of(stream.subject(), stream.bytes()));
  }

  private Stream<Tape> both() {
    return Stream.concat(tapes(), refused.stream().map(bad -> Tape.of(bad.subject(), bad.bytes())));
  }

  private Case whole(Stretch stream) {
    Tape tape = Tape.of(stream.subject(), stream.bytes());
    List<String> frames = stream.frames() == null ? player.play(tape).frames() : stream.frames();
    return new CodecCase(player, List.of(tape), new Outcome(frames, Outcome.End.TAKEN, null));
  }

  private Stream<Case> cut(Tape tape) {
    return Cuts.within(tape.bytes().length(), MOST_CUTS).stream()
        .map(at -> of(tape.cut(List.of(at))));
  }

  private Stream<Case> cutTwice(Tape tape) {
    int length = Math.min(TWICE_CUT, tape.bytes().length());
    return IntStream.range(1, length)
        .boxed()
        .flatMap(
            first ->
                IntStream.range(first + 1, length)
                    .mapToObj(second -> of(tape.cut(List.of(first, second)))));
  }

  private Stream<Case> buffers(Tape tape) {
    return Stream.of(Tape.Buffers.DIRECT, Tape.Buffers.SLICED)
        .map(tape::in)
        .flatMap(in -> Stream.of(in, in.cut(Cuts.each(tape.bytes().length()))))
        .map(this::of);
  }

  /** The stream ends inside a frame: the outcome is the same for every cut, and no bytes remain. */
  private Stream<Case> truncated(Tape tape) {
    return Cuts.within(tape.bytes().length(), MOST_TRUNCATED).stream()
        .flatMap(
            length -> {
              String half = tape.bytes().substring(0, length);
              Tape cut = tape.bytes(half).cut(Cuts.last(length, LAST_BYTES));
              Case ended = wholeFrames ? new PartialCase(player, cut) : of(cut.finished());
              return Stream.concat(Stream.of(ended), after(half));
            });
  }

  /** After an error, the same decoder decodes further bytes like a new one. */
  private Stream<Case> after(String earlier) {
    return tapes().limit(2).map(tape -> of(tape.after(earlier)));
  }

  private Stream<Case> pairs() {
    List<Tape> all = tapes().toList();
    Random random = new Random(seed);
    return IntStream.range(0, all.isEmpty() ? 0 : PAIRS)
        .mapToObj(
            i -> {
              List<Tape> two = new ArrayList<>();
              for (int k = 0; k < 2; k++) {
                Tape tape = all.get((i + k) % all.size());
                two.add(tape.cut(Cuts.some(tape.bytes().length(), 6, random)));
              }
              return new CodecCase(player, two, null);
            });
  }

  /** Garbage has the same outcome whole and in parts. */
  private Stream<Case> garbage() {
    Random random = new Random(seed);
    Garbage garbage = new Garbage(random, both().map(Tape::bytes).toList());
    return IntStream.range(0, GARBAGE)
        .mapToObj(
            i -> {
              String bytes = garbage.next();
              Tape tape = Tape.of("garbage", bytes).finished();
              return of(tape.cut(Cuts.some(bytes.length(), 4, random)));
            });
  }

  /** Frames that are encoded and then decoded stay the same. */
  Kind roundTrip(boolean strict) {
    return kind("encoded and decoded", false, streams.stream().flatMap(s -> roundTrip(s, strict)));
  }

  private Stream<Case> roundTrip(Stretch stream, boolean strict) {
    List<Object> frames = player.frames(Tape.of(stream.subject(), stream.bytes()));
    return IntStream.range(0, frames.size())
        .mapToObj(
            i -> {
              Object next = frames.get((i + 1) % frames.size());
              return new RoundTripCase(player, stream.subject(), frames.get(i), next, strict);
            });
  }

  /** Invalid input is rejected: whole and byte by byte, alone and after a stream. */
  Kind refused(String name, List<Stretch> inputs) {
    return kind(
        name,
        false,
        inputs.stream()
            .flatMap(
                bad ->
                    Stream.concat(
                            Stream.of(new Stretch("", "", List.of())),
                            streams.stream().filter(s -> s.frames() != null).limit(1))
                        .flatMap(good -> refused(bad, good))));
  }

  private Stream<Case> refused(Stretch bad, Stretch good) {
    Tape tape = Tape.of(bad.subject(), good.bytes() + bad.bytes());
    List<String> frames = good.frames() == null ? List.of() : good.frames();
    Outcome right = new Outcome(frames, Outcome.End.REFUSED, null);
    return Stream.of(tape, tape.cut(Cuts.each(tape.bytes().length())))
        .map(each -> new CodecCase(player, List.of(each), right));
  }

  /** Endless input is rejected before it takes up much memory. */
  Kind endless(List<String> units, long most) {
    return kind(
        "endless", false, units.stream().map(unit -> new EndlessCodecCase(player, unit, most)));
  }
}
