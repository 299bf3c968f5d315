package parley.proving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * Proves that a codec stands what the network does to its bytes: in memory, from a few streams.
 *
 * <p>A decoder must make the same frames of a stream whole, cut at every byte, in three, byte by
 * byte, in direct and sliced buffers, and while another session's stream comes in between; after an
 * error and after the end of a stream it must decode as a new one; of garbage it must make the same
 * in one part as in several, and throw nothing but a FrameException (another ProtocolCodecException
 * of MINA's will do). Frames that are encoded and decoded must come out as they were. Frames are
 * compared by what they show: text and bytes as such, lists and arrays element by element, all else
 * by toString, so give your frames one that tells all. Not thread-safe.
 *
 * @param <D> the type of the frames that the codec decodes
 */
public final class CodecProof<D> {

  private final ProtocolCodecFactory codec;
  private final List<CodecKinds.Stretch> streams = new ArrayList<>();
  private final List<CodecKinds.Stretch> refused = new ArrayList<>();
  private final List<CodecKinds.Stretch> tooLong = new ArrayList<>();
  private final List<String> endless = new ArrayList<>();
  private long longest = -1;
  private Duration timeout = Duration.ofSeconds(5);
  private long seed = 1;
  private int mostFailures = Trial.MOST_FAILURES;
  private boolean oneWay;
  private boolean wholeFrames;

  CodecProof(ProtocolCodecFactory codec) {
    this.codec = codec;
  }

  /**
   * Adds text of whole frames, in UTF-8.
   *
   * @param frames what it decodes to; if none is given, any frames
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // it only reads them
  public final CodecProof<D> stream(String name, String text, D... frames) {
    return streamOf(name, text, Arrays.stream(frames));
  }

  /** As {@link #stream(String, String, Object...)}, of bytes. */
  @SafeVarargs
  @SuppressWarnings("varargs") // it only reads them
  public final CodecProof<D> stream(String name, byte[] bytes, D... frames) {
    return streamOf(name, bytes, Arrays.stream(frames));
  }

  private CodecProof<D> streamOf(String name, Object bytes, Stream<D> frames) {
    List<String> shown = frames.map(Frames::describe).toList();
    String subject = "stream \"" + name + "\"";
    streams.add(new CodecKinds.Stretch(subject, Raw.of(bytes), shown.isEmpty() ? null : shown));
    return this;
  }

  /**
   * Says how long a frame may be: up to the limit it is decoded, and one unit more is refused.
   *
   * @param most so many units are the most
   * @param bytes makes the bytes of a frame of so many units: a String or a byte array
   * @param frame that frame
   */
  public CodecProof<D> limit(int most, IntFunction<?> bytes, IntFunction<? extends D> frame) {
    for (int units = Math.max(0, most - 1); units <= most; units++) {
      List<String> frames = List.of(Frames.describe(frame.apply(units)));
      String raw = Raw.of(bytes.apply(units));
      streams.add(new CodecKinds.Stretch("a frame of " + units + " units", raw, frames));
      longest = Math.max(longest, raw.length());
    }
    String subject = "a frame of " + (most + 1) + " units";
    tooLong.add(new CodecKinds.Stretch(subject, Raw.of(bytes.apply(most + 1)), null));
    return this;
  }

  /** Text that ends no frame, however often it is repeated. */
  public CodecProof<D> endless(String text) {
    endless.add(Raw.of((Object) text));
    return this;
  }

  /** Bytes that end no frame, however often they are repeated. */
  public CodecProof<D> endless(byte[] bytes) {
    endless.add(Raw.of(bytes));
    return this;
  }

  /** Text that must be rejected. */
  public CodecProof<D> refused(String name, String text) {
    return refusedRaw(name, Raw.of((Object) text));
  }

  /** Bytes that must be rejected. */
  public CodecProof<D> refused(String name, byte[] bytes) {
    return refusedRaw(name, Raw.of(bytes));
  }

  private CodecProof<D> refusedRaw(String name, String raw) {
    String subject = "refused input \"" + name + "\"";
    refused.add(new CodecKinds.Stretch(subject, raw, null));
    return this;
  }

  /** After so many failing kinds it stops. */
  CodecProof<D> mostFailures(int value) {
    mostFailures = value;
    return this;
  }

  /** How long a call of the decoder may take, 5 seconds by default. */
  public CodecProof<D> timeout(Duration value) {
    timeout = value;
    return this;
  }

  /** Other random cuts and other garbage. */
  public CodecProof<D> seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Half a frame at the end of the stream is none: it is dropped or refused. Without this, what it
   * becomes must only be the same wherever it was cut.
   */
  public CodecProof<D> wholeFramesOnly() {
    wholeFrames = true;
    return this;
  }

  /** The encoder does not take what the decoder makes. */
  public CodecProof<D> oneWay() {
    oneWay = true;
    return this;
  }

  /** Tries it all; in a second or two, if all is well. */
  public Report run() {
    if (streams.isEmpty() && refused.isEmpty() && endless.isEmpty()) {
      throw new IllegalStateException("nothing to prove: no stream, limit, refused, endless");
    }
    Patience patience = new Patience(timeout);
    try (CodecPlayer player = new CodecPlayer(codec, codec, patience)) {
      List<CodecKinds.Stretch> bad = new ArrayList<>(refused);
      bad.addAll(tooLong);
      CodecKinds kinds = new CodecKinds("", player, streams, bad, wholeFrames, seed);
      List<Kind> all = new ArrayList<>(kinds.all());
      List<Kind> more = new ArrayList<>();
      more.add(kinds.refused("the limit", tooLong));
      more.add(kinds.refused("refused input", refused));
      more.add(kinds.endless(endless, bound(longest)));
      if (!oneWay) {
        more.add(kinds.roundTrip(true));
      }
      all.addAll(all.size() - 1, more);
      return new Trial("proof of " + codec.getClass().getSimpleName(), patience, mostFailures)
          .run(all);
    }
  }

  /** How much of what never ends may be taken, if so much is the longest frame; -1: not known. */
  static long bound(long longest) {
    return longest < 0 ? 64L << 20 : 16 * longest + (64 << 10);
  }

  /**
   * Runs it and expects that all goes well.
   *
   * @throws ProofFailedException if not; its message is the smallest failing case
   */
  public void check() {
    run().check();
  }
}
