package parley.protocol;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.Codec;

/**
 * A protocol, in MINA's own types: its codecs, its handler, and its own filters. Write one class,
 * name it in {@code META-INF/services/parley.protocol.Protocol}, and give it a block in conf;
 * {@link Protocols} finds it, in the class path and in {@code plugins/}. For an embedded protocol
 * without settings use {@link #answering}, {@link #answeringLater}, {@link #of} or {@link
 * #withHandler}.
 *
 * <p>An instance serves any number of listeners and clients. {@link #codec}, {@link #clientCodec},
 * {@link #handler} and {@link #extend} are called once for each of those, before the first session,
 * on the thread that makes it; {@link #name}, {@link #settings} and {@link #correlation} at any
 * time. What they return is shared by the sessions, so it is thread-safe or keeps its state in the
 * session.
 *
 * @param <Q> the type of the requests, which a client sends
 * @param <A> the type of the answers, which a server sends
 */
public interface Protocol<Q, A> {

  /** Which end of the connection a filter is for. */
  enum Side {
    /** It accepted the connection. */
    SERVER,
    /** It made the connection. */
    CLIENT
  }

  /**
   * A protocol whose requests and answers have one type, and both sides one codec.
   *
   * @param <M> the type of both
   */
  interface Symmetric<M> extends Protocol<M, M> {

    @Override
    default Codec<M, M> clientCodec(Settings settings) {
      return codec(settings);
    }
  }

  /** Returns a protocol that answers each frame at once; null is no answer. */
  static <M> Protocol<M, M> answering(
      String name, Codec<M, M> codec, Function<? super M, ? extends @Nullable M> answer) {
    return of(name, codec, AnswerHandler.<M, M>of(answer));
  }

  /**
   * Returns a protocol that answers each frame at once, for its session; null is no answer: {@code
   * Protocol.answering("echo", new BytesCodecFactory(), (session, bytes) -> bytes)}.
   */
  static <M> Protocol<M, M> answering(
      String name,
      Codec<M, M> codec,
      BiFunction<IoSession, ? super M, ? extends @Nullable M> answer) {
    return of(name, codec, AnswerHandler.<M, M>of(answer));
  }

  /** Returns a protocol that answers each frame later; null is no answer. */
  static <M> Protocol<M, M> answeringLater(
      String name,
      Codec<M, M> codec,
      Function<? super M, ? extends CompletionStage<? extends M>> answer) {
    return of(name, codec, AnswerHandler.<M, M>later(answer));
  }

  /** Returns a protocol that answers each frame later, for its session; null is no answer. */
  static <M> Protocol<M, M> answeringLater(
      String name,
      Codec<M, M> codec,
      BiFunction<IoSession, ? super M, ? extends CompletionStage<? extends M>> answer) {
    return of(name, codec, AnswerHandler.<M, M>later(answer));
  }

  /** Returns a protocol of a codec and a handler that answers, whose answers come in order. */
  static <M> Protocol<M, M> of(
      String name, Codec<M, M> codec, AnswerHandler<? super M, ? extends M> handler) {
    return of(name, codec, handler, Correlation.inOrder());
  }

  /** Returns a protocol of a codec and a handler that answers. */
  static <M> Protocol<M, M> of(
      String name,
      Codec<M, M> codec,
      AnswerHandler<? super M, ? extends M> handler,
      Correlation<M, M> correlation) {
    return of(name, codec, codec, handler, correlation);
  }

  /** Returns a protocol of a codec for each side and a handler that answers. */
  static <Q, A> Protocol<Q, A> of(
      String name,
      Codec<Q, A> codec,
      Codec<A, Q> clientCodec,
      AnswerHandler<? super Q, ? extends A> handler,
      Correlation<Q, A> correlation) {
    return new PlainProtocol<>(name, codec, clientCodec, handler, correlation);
  }

  /**
   * Returns a protocol of a codec and any handler of MINA's kind, whose answers come in order. The
   * compiler does not check that they fit.
   */
  static <M> Protocol<M, M> withHandler(String name, Codec<M, M> codec, IoHandler handler) {
    return new PlainProtocol<>(name, codec, codec, handler, Correlation.inOrder());
  }

  /** The name that conf uses: lower-case letters, digits and {@code -}. */
  String name();

  /** The settings it takes; any other key under {@code settings} is refused. None by default. */
  default List<Setting<?>> settings() {
    return List.of();
  }

  /** The server's codec: it decodes requests and encodes answers. */
  Codec<Q, A> codec(Settings settings);

  /** The client's codec: it decodes answers and encodes requests. */
  Codec<A, Q> clientCodec(Settings settings);

  /** What answers, on the server's side: one for all sessions of a listener. */
  IoHandler handler(Settings settings);

  /**
   * Starts what the listeners of this protocol share in one server, such as a timer or a pool of
   * connections; by default nothing. A server calls it once, on the thread that starts the server,
   * before its first listener accepts; handlers see the fields that it sets. After the last session
   * of all listeners has ended, the server closes the result on a separate thread. The results of
   * all protocols have 10 seconds together, in reverse order: if one takes more than its share, the
   * next one is closed at the same time. A client and a check of conf start nothing.
   *
   * @param listeners the settings of each listener of this protocol, in the server's order
   * @return what to close
   * @throws Exception if it cannot be started; then the server does not start, and what was started
   *     before is closed
   */
  default AutoCloseable start(List<Settings> listeners) throws Exception {
    return () -> {};
  }

  /** How a client finds the request that a frame answers; in order by default. */
  default Correlation<Q, A> correlation() {
    return Correlation.inOrder();
  }

  /**
   * Adds its own filters, by default none, to a chain that is complete except for {@code executor}
   * and {@code fault}, which come last: at its end, or at a place of {@link FilterNames}, such as
   * {@code chain.addBefore(FilterNames.CODEC, "mine", filter)}.
   */
  default void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {}
}
