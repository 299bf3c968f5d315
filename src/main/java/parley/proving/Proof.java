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
 * Proves that a protocol stands what the network does to it, from a few transcripts.
 *
 * <p>It serves the protocol on a free port of loopback and plays the transcripts with sockets of
 * its own: in step; all requests in one write; with the client's side ended at once; cut at every
 * byte, where the two parts are really read apart; one byte at a time; truncated at every byte; by
 * many sessions at once; beside clients that send garbage. A transcript of several clients is
 * played in its order, and cut. What is said by {@link #limit}, {@link #endless} and {@link
 * #refused} is tried too, and the codecs of both sides are proved with the transcripts' bytes as
 * {@link CodecProof} does. A case fails when an answer differs or does not come, when the
 * connection does not end as it should, and when anything but a FrameException is thrown on the
 * server (MINA lets nobody see what a handler's {@code sessionClosed} throws).
 *
 * <p>The cases are the same in each run, of one seed. A case that fails is made smaller as long as
 * it fails in the same way, and that is what the report shows. Not thread-safe.
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

  /** Of a protocol, with its default settings. */
  public static Proof of(Protocol<?, ?> protocol) {
    return new Proof(protocol);
  }

  /** Of a codec alone. */
  public static <D> CodecProof<D> of(Codec<D, ?> codec) {
    return new CodecProof<>(codec);
  }

  /** Of a codec alone, whose types are not known. */
  public static CodecProof<Object> of(ProtocolCodecFactory codec) {
    return new CodecProof<>(codec);
  }

  /** One of the protocol's settings, by its key. */
  public Proof set(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** One of the protocol's settings. */
  public <T> Proof set(Setting<T> setting, T value) {
    return set(setting.key(), value);
  }

  /** Adds a conversation that must go just so. */
  public Proof transcript(Transcript transcript) {
    transcripts.add(transcript);
    return this;
  }

  /**
   * Says how long a request may be: up to the limit it is answered, and one unit more is refused.
   *
   * @param most so many units are the most
   * @param request makes a request of so many units: a String or a byte array
   * @param answer its answer
   */
  public Proof limit(int most, IntFunction<?> request, IntFunction<?> answer) {
    limits.add(new RefusalKinds.Limit(most, request, answer, after));
    return this;
  }

  /** Text that ends no frame, however often it is repeated: the session must end at some time. */
  public Proof endless(String text) {
    return endless(Raw.bytes(Raw.of(text)));
  }

  /**
   * Bytes that end no frame, however often they are repeated: the session must end at some time.
   */
  public Proof endless(byte[] bytes) {
    endless.add(new RefusalKinds.Endless(Raw.of(bytes), after));
    return this;
  }

  /** Text that must be refused: the session ends, and nothing behind it is answered. */
  public Proof refused(String name, String text) {
    return refused(name, Raw.bytes(Raw.of(text)));
  }

  /** Bytes that must be refused: the session ends, and nothing behind them is answered. */
  public Proof refused(String name, byte[] bytes) {
    refused.add(new RefusalKinds.Refused(name, Raw.of(bytes), after));
    return this;
  }

  /**
   * Brings a session to a state first: what {@link #limit}, {@link #endless} and {@link #refused}
   * say from here on is tried in sessions that have had this conversation, such as a login. After
   * an empty one, or one that is a banner alone, it is tried in new sessions only; without this
   * method, in new sessions and behind the first request of a transcript.
   *
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

  /** After so many failing kinds it stops. */
  Proof mostFailures(int value) {
    mostFailures = value;
    return this;
  }

  /** How long an answer may take, 5 seconds by default. */
  public Proof timeout(Duration value) {
    timeout = value;
    return this;
  }

  /** Other random cuts and other garbage. */
  public Proof seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Half a request at the end of the stream is not answered. Without this, what comes back for it
   * must only be the same wherever it was cut.
   */
  public Proof wholeFramesOnly() {
    wholeFrames = true;
    return this;
  }

  /** The encoder of one side does not make what the decoder of the other takes. */
  public Proof oneWay() {
    oneWay = true;
    return this;
  }

  /** Tries it all, some thousand cases; in a few seconds, if all is well. */
  public Report run() {
    if (transcripts.isEmpty() && limits.isEmpty() && refused.isEmpty() && endless.isEmpty()) {
      throw new IllegalStateException("nothing to prove: no transcript, limit, refused, endless");
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
          kinds.size() - 1, // before garbage
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
   * Runs it and expects that all goes well.
   *
   * @throws ProofFailedException if not; its message is the smallest failing case
   */
  public void check() {
    run().check();
  }
}
