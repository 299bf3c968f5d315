package parley.proving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.Nullable;
import parley.codec.Codec;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * A test of how a protocol copes with the network, from a few transcripts.
 *
 * <p>It serves the protocol on a free loopback port and plays the transcripts over plain sockets:
 * in step; all requests in one write; with the client's side ended at once; cut at every byte, so
 * that the server reads the two parts separately; one byte at a time; truncated at every byte; by
 * many sessions at once; beside clients that send garbage. A transcript of several clients is
 * played in its order, and cut. {@link #limit}, {@link #endless} and {@link #refused} add further
 * cases. Like {@link CodecProof}, it also tests the codecs of both sides, with the transcripts'
 * bytes.
 *
 * <p>A case fails if an answer differs or is missing, if the connection does not end as it should,
 * or if the server throws any exception except a FrameException. (MINA hides the exceptions of a
 * handler's {@code sessionClosed}.)
 *
 * <p>With the same seed, the cases are the same in each run. A failing case is made smaller as long
 * as it fails in the same way, and the report shows the smallest. A run stops after three failing
 * kinds of cases, or earlier if a basic kind fails.
 *
 * <p>Each method except {@link #run} and {@link #check} changes this proof and returns it. Text is
 * UTF-8. Not thread-safe.
 */
public final class Proof {

  private final Protocol<?, ?> protocol;
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<Transcript> transcripts = new ArrayList<>();
  private final List<RefusalKinds.Limit> limits = new ArrayList<>();
  private final List<RefusalKinds.Endless> endless = new ArrayList<>();
  private final List<RefusalKinds.Refused> refused = new ArrayList<>();
  private @Nullable Transcript after;
  private Duration timeout = Duration.ofSeconds(5);
  private long seed = 1;
  private int mostFailures = Trial.MOST_FAILURES;
  private boolean oneWay;
  private boolean wholeFrames;

  private Proof(Protocol<?, ?> protocol) {
    this.protocol = protocol;
  }

  /**
   * Returns a proof of a protocol with its default settings.
   *
   * @param protocol the protocol
   * @return a proof without cases
   */
  public static Proof of(Protocol<?, ?> protocol) {
    return new Proof(protocol);
  }

  /**
   * Returns a proof of a codec alone.
   *
   * @param <D> the type of the frames that the codec decodes
   * @param codec the codec
   * @return a proof without cases
   */
  public static <D> CodecProof<D> of(Codec<D, ?> codec) {
    return new CodecProof<>(codec);
  }

  /**
   * Returns a proof of a codec alone, without its types. Use it for codecs of stock MINA.
   *
   * @param codec the factory of the codec's encoder and decoder
   * @return a proof without cases
   */
  public static CodecProof<Object> of(ProtocolCodecFactory codec) {
    return new CodecProof<>(codec);
  }

  /**
   * Sets one of the protocol's settings by its key. {@link #run} checks the key and the value.
   *
   * @param key the key of the setting, as in the configuration file
   * @param value the value, of the setting's type
   * @return this proof
   */
  public Proof set(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /**
   * Sets one of the protocol's settings. {@link #run} checks the value.
   *
   * @param <T> the type of the value
   * @param setting the setting
   * @param value the value
   * @return this proof
   */
  public <T> Proof set(Setting<T> setting, T value) {
    return set(setting.key(), value);
  }

  /**
   * Adds a conversation that must go exactly as written.
   *
   * @param transcript the conversation
   * @return this proof
   */
  public Proof transcript(Transcript transcript) {
    transcripts.add(transcript);
    return this;
  }

  /**
   * Adds a length limit of a request: a request at the limit is answered, one more unit is refused.
   * {@link #run} calls the functions with {@code most - 1} to {@code most + 1} units, but at least
   * 0.
   *
   * @param most the maximum number of units, such as characters or elements
   * @param request makes a request with the given number of units: a String or a byte array
   * @param answer makes its answer: a String or a byte array
   * @return this proof
   */
  public Proof limit(int most, IntFunction<?> request, IntFunction<?> answer) {
    limits.add(new RefusalKinds.Limit(most, request, answer, after));
    return this;
  }

  /**
   * Adds a text that never completes a frame, however often it is repeated. See {@link
   * #endless(byte[])}.
   *
   * @param text the text
   * @return this proof
   */
  public Proof endless(String text) {
    return endless(Raw.bytes(Raw.of(text)));
  }

  /**
   * Adds bytes that never complete a frame, however often they are repeated. The session must end
   * before it has read too much: 16 times the longest {@link #limit} and 64 KiB, or 64 MiB without
   * a limit.
   *
   * @param bytes the bytes, which are copied
   * @return this proof
   */
  public Proof endless(byte[] bytes) {
    endless.add(new RefusalKinds.Endless(Raw.of(bytes), after));
    return this;
  }

  /**
   * Adds a text that must be refused: the session ends, and nothing after the text is answered.
   *
   * @param name a name for the text, in failures
   * @param text the text
   * @return this proof
   */
  public Proof refused(String name, String text) {
    return refused(name, Raw.bytes(Raw.of(text)));
  }

  /**
   * Adds bytes that must be refused: the session ends, and nothing after them is answered.
   *
   * @param name a name for the bytes, in failures
   * @param bytes the bytes, which are copied
   * @return this proof
   */
  public Proof refused(String name, byte[] bytes) {
    refused.add(new RefusalKinds.Refused(name, Raw.of(bytes), after));
    return this;
  }

  /**
   * Brings sessions to a state first, such as a login. Later calls of {@link #limit}, {@link
   * #endless} and {@link #refused} apply to sessions that have had this conversation. After an
   * empty one, or one with only a banner, they apply to new sessions only. Without this method,
   * they apply to new sessions and after the first request of a transcript.
   *
   * @param state the conversation: of one client, which stays connected
   * @return this proof
   * @throws IllegalArgumentException if the conversation ends the session, or has several clients
   */
  public Proof after(Transcript state) {
    if (state.isClosed() || state.conversation().isAny()) {
      throw new IllegalArgumentException(
          "after " + state.subject() + " (expected: one client, whose session stays open)");
    }
    after = state;
    return this;
  }

  /** Sets the number of failing kinds after which the run stops. */
  Proof mostFailures(int value) {
    mostFailures = value;
    return this;
  }

  /**
   * Sets how long an answer may take. The default is 5 seconds. {@link #run} checks the value.
   *
   * @param value the time, more than 0
   * @return this proof
   */
  public Proof timeout(Duration value) {
    timeout = value;
    return this;
  }

  /**
   * Sets the seed for random cuts and garbage. The default is 1.
   *
   * @param value the seed
   * @return this proof
   */
  public Proof seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Requires that half a request at the end of the stream is not answered. Without this, the answer
   * must only be the same for every cut.
   *
   * @return this proof
   */
  public Proof wholeFramesOnly() {
    wholeFrames = true;
    return this;
  }

  /**
   * Skips the round trip: one side's encoder does not produce the input of the other side's
   * decoder.
   *
   * @return this proof
   */
  public Proof oneWay() {
    oneWay = true;
    return this;
  }

  /**
   * Runs all cases, some thousand. Blocks the calling thread, for a few seconds if they pass. It
   * starts a server on a free loopback port, which it closes before it returns. The proof can be
   * run again.
   *
   * @return the result, with or without failures
   * @throws IllegalStateException if no transcript, limit, refused or endless input was added
   * @throws IllegalArgumentException if the timeout is not positive, a setting is unknown or its
   *     value is not allowed, or a function of {@link #limit} returns neither a String nor a byte
   *     array
   */
  public Report run() {
    if (transcripts.isEmpty() && limits.isEmpty() && refused.isEmpty() && endless.isEmpty()) {
      throw new IllegalStateException(
          "nothing to prove (expected: a transcript, limit, refused or endless input)");
    }
    Patience patience = new Patience(timeout);
    Settings values = Settings.of(protocol, settings);
    ProtocolCodecFactory server = protocol.codec(values);
    ProtocolCodecFactory client = protocol.clientCodec(values);
    try (Arena arena = new Arena(protocol, settings, patience);
        CodecPlayer requests = new CodecPlayer(server, client, patience);
        CodecPlayer answers = new CodecPlayer(client, server, patience)) {
      List<Kind> kinds =
          new ArrayList<>(new SocketKinds(arena, transcripts, wholeFrames, seed).all());
      RefusalKinds refusals = new RefusalKinds(arena, transcripts);
      kinds.addAll(
          kinds.size() - 1, // before the garbage
          List.of(
              refusals.limit(limits),
              refusals.refused(refused),
              refusals.endless(endless, limits)));
      kinds.addAll(codecOfRequests(requests));
      kinds.addAll(codecOfAnswers(answers));
      return new Trial("proof of " + protocol.name(), patience, mostFailures).run(kinds);
    }
  }

  private Stream<Line> lines() {
    return transcripts.stream().flatMap(each -> each.lines().stream());
  }

  private List<Kind> codecOfRequests(CodecPlayer player) {
    List<CodecKinds.Stretch> streams = new ArrayList<>();
    lines().forEach(each -> streams.add(new CodecKinds.Stretch(each.subject(), each.sent(), null)));
    List<CodecKinds.Stretch> bad = new ArrayList<>();
    refused.forEach(each -> bad.add(new CodecKinds.Stretch(each.name(), each.bytes(), null)));
    long longest = -1;
    for (RefusalKinds.Limit limit : limits) {
      String most = limit.request(limit.most());
      longest = Math.max(longest, most.length());
      streams.add(new CodecKinds.Stretch("a request of " + limit.most() + " units", most, null));
      String more = limit.request(limit.most() + 1);
      bad.add(new CodecKinds.Stretch("a request of one more unit", more, null));
    }
    CodecKinds kinds =
        new CodecKinds("the requests' codec, ", player, streams, bad, wholeFrames, seed);
    List<Kind> all = new ArrayList<>(kinds.all());
    List<String> units = endless.stream().map(RefusalKinds.Endless::unit).toList();
    all.add(kinds.endless(units, CodecProof.bound(longest)));
    if (!oneWay) {
      all.add(kinds.roundTrip(false));
    }
    return all;
  }

  private List<Kind> codecOfAnswers(CodecPlayer player) {
    List<CodecKinds.Stretch> streams =
        lines()
            .filter(each -> !each.expected().varies())
            .map(each -> new CodecKinds.Stretch(each.subject(), each.expected().literal(), null))
            .toList();
    CodecKinds kinds =
        new CodecKinds("the answers' codec, ", player, streams, List.of(), wholeFrames, seed);
    List<Kind> all = new ArrayList<>(kinds.all());
    if (!oneWay) {
      all.add(kinds.roundTrip(false));
    }
    return all;
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
