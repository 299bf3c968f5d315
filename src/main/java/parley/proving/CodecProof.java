package parley.proving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * A test of how a codec copes with the network: in memory, from a few streams.
 *
 * <p>A decoder must produce the same frames from a stream when it is whole, cut at every byte, cut
 * in three, fed byte by byte, in direct and sliced buffers, and interleaved with another session's
 * stream. After an error and after the end of a stream it must decode like a new decoder. It must
 * treat garbage the same in one part and in several, and throw only a FrameException (or another
 * ProtocolCodecException of MINA). Frames must stay the same when they are encoded and decoded.
 *
 * <p>Frames are compared by their description: text and bytes directly, lists and arrays element by
 * element, everything else by toString. So give your frames a complete toString.
 *
 * <p>Each method except {@link #run} and {@link #check} changes this proof and returns it. Text is
 * UTF-8. Not thread-safe.
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
   * Adds a text of whole frames.
   *
   * @param name a name for the text, in failures
   * @param text the text
   * @param frames the frames that it decodes to; if there are none, any frames are accepted
   * @return this proof
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only reads them
  public final CodecProof<D> stream(String name, String text, D... frames) {
    return streamOf(name, text, Arrays.stream(frames));
  }

  /**
   * Adds bytes of whole frames.
   *
   * @param name a name for the bytes, in failures
   * @param bytes the bytes, which are copied
   * @param frames the frames that they decode to; if there are none, any frames are accepted
   * @return this proof
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only reads them
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
   * Adds a length limit of a frame: a frame at the limit is decoded, one more unit is rejected.
   * Calls the functions at once, with {@code most - 1} to {@code most + 1} units, but at least 0.
   *
   * @param most the maximum number of units, such as characters or elements
   * @param bytes makes the bytes of a frame with the given number of units: a String or a byte
   *     array
   * @param frame makes that frame
   * @return this proof
   * @throws IllegalArgumentException if {@code bytes} returns neither a String nor a byte array
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

  /**
   * Adds a text that never completes a frame, however often it is repeated. See {@link
   * #endless(byte[])}.
   *
   * @param text the text
   * @return this proof
   */
  public CodecProof<D> endless(String text) {
    endless.add(Raw.of((Object) text));
    return this;
  }

  /**
   * Adds bytes that never complete a frame, however often they are repeated. The decoder must
   * reject them before it has read too much: 16 times the longest {@link #limit} and 64 KiB, or 64
   * MiB without a limit.
   *
   * @param bytes the bytes, which are copied
   * @return this proof
   */
  public CodecProof<D> endless(byte[] bytes) {
    endless.add(Raw.of(bytes));
    return this;
  }

  /**
   * Adds a text that must be rejected.
   *
   * @param name a name for the text, in failures
   * @param text the text
   * @return this proof
   */
  public CodecProof<D> refused(String name, String text) {
    return refusedRaw(name, Raw.of((Object) text));
  }

  /**
   * Adds bytes that must be rejected.
   *
   * @param name a name for the bytes, in failures
   * @param bytes the bytes, which are copied
   * @return this proof
   */
  public CodecProof<D> refused(String name, byte[] bytes) {
    return refusedRaw(name, Raw.of(bytes));
  }

  private CodecProof<D> refusedRaw(String name, String raw) {
    String subject = "refused input \"" + name + "\"";
    refused.add(new CodecKinds.Stretch(subject, raw, null));
    return this;
  }

  /** Sets the number of failing kinds after which the run stops. */
  CodecProof<D> mostFailures(int value) {
    mostFailures = value;
    return this;
  }

  /**
   * Sets how long a case may take. The default is 5 seconds. {@link #run} checks the value.
   *
   * @param value the time, more than 0
   * @return this proof
   */
  public CodecProof<D> timeout(Duration value) {
    timeout = value;
    return this;
  }

  /**
   * Sets the seed for random cuts and garbage. The default is 1.
   *
   * @param value the seed
   * @return this proof
   */
  public CodecProof<D> seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Requires that half a frame at the end of the stream is dropped or rejected. Without this, its
   * outcome must only be the same for every cut.
   *
   * @return this proof
   */
  public CodecProof<D> wholeFramesOnly() {
    wholeFrames = true;
    return this;
  }

  /**
   * Skips the round trip: the encoder does not accept the decoder's frames.
   *
   * @return this proof
   */
  public CodecProof<D> oneWay() {
    oneWay = true;
    return this;
  }

  /**
   * Runs all cases, in memory. Blocks the calling thread, for a second or two if they pass. The
   * decoders run on a thread of their own, and a call that never returns leaves that thread behind
   * as a daemon. The proof can be run again.
   *
   * @return the result, with or without failures
   * @throws IllegalStateException if no stream, limit, refused or endless input was added
   * @throws IllegalArgumentException if the timeout is not positive
   */
  public Report run() {
    if (streams.isEmpty() && refused.isEmpty() && endless.isEmpty()) {
      throw new IllegalStateException(
          "nothing to prove (expected: a stream, limit, refused or endless input)");
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

  /**
   * Returns how many bytes of endless input may be accepted, given the longest frame; -1 if
   * unknown.
   */
  static long bound(long longest) {
    return longest < 0 ? 64L << 20 : 16 * longest + (64 << 10);
  }

  /**
   * Runs all cases and requires that they pass. See {@link #run} for its other exceptions.
   *
   * @throws ProofFailedException if a case fails; its message is the smallest failing case
   */
  public void check() {
    run().check();
  }
}
