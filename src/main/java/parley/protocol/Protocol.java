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
 * A protocol in MINA's own types: its codecs, its handler and its filters. To add a protocol, write
 * one class, name it in {@code META-INF/services/parley.protocol.Protocol}, and give it a block in
 * conf. {@link Protocols} finds it on the class path and in {@code plugins/}. For an embedded
 * protocol without settings use {@link #answering}, {@link #answeringLater}, {@link #of} or {@link
 * #withHandler}.
 *
 * <p>One instance serves any number of listeners and clients. For each of those, {@link #codec},
 * {@link #clientCodec}, {@link #handler} and {@link #extend} are called once, before the first
 * session, on the thread that creates it. {@link #name}, {@link #settings} and {@link #correlation}
 * may be called at any time. All sessions share the returned objects, so these must be thread-safe
 * or keep their state in the session.
 *
 * @param <Q> the type of the requests, which a client sends
 * @param <A> the type of the answers, which a server sends
 */
public interface Protocol<Q, A> {

  /** The end of a connection that a filter is for. */
  enum Side {
    /** The end that accepted the connection. */
    SERVER,
    /** The end that opened the connection. */
    CLIENT
  }

  /**
   * A protocol with an AnswerHandler: the compiler checks that it fits the codec.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   */
  interface Answering<Q, A> extends Protocol<Q, A> {

    @Override
    AnswerHandler<? super Q, ? extends A> handler(Settings settings);
  }

  /**
   * A protocol with an AnswerHandler, one type for requests and answers, and one codec for both
   * sides.
   *
   * @param <M> the type of requests and answers
   */
  interface Symmetric<M> extends Answering<M, M> {

    @Override
    default Codec<M, M> clientCodec(Settings settings) {
      return codec(settings);
    }
  }

  /**
   * Returns a protocol that answers each frame at once.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param answer returns the answer to a request, or null for none
   * @return the protocol; its answers come in the order of the requests
   */
  static <M> Protocol<M, M> answering(
      String name, Codec<M, M> codec, Function<? super M, ? extends @Nullable M> answer) {
    return of(name, codec, AnswerHandler.<M, M>of(answer));
  }

  /**
   * Returns a protocol that answers each frame at once and sees the session: {@code
   * Protocol.answering("echo", new BytesCodecFactory(), (session, bytes) -> bytes)}.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param answer returns the answer to a session's request, or null for none
   * @return the protocol; its answers come in the order of the requests
   */
  static <M> Protocol<M, M> answering(
      String name,
      Codec<M, M> codec,
      BiFunction<IoSession, ? super M, ? extends @Nullable M> answer) {
    return of(name, codec, AnswerHandler.<M, M>of(answer));
  }

  /**
   * Returns a protocol that answers each frame later.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param answer returns a stage of the answer to a request; the stage may yield null for none
   * @return the protocol; its answers come in the order of the requests
   */
  static <M> Protocol<M, M> answeringLater(
      String name,
      Codec<M, M> codec,
      Function<? super M, ? extends CompletionStage<? extends M>> answer) {
    return of(name, codec, AnswerHandler.<M, M>later(answer));
  }

  /**
   * Returns a protocol that answers each frame later and sees the session.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param answer returns a stage of the answer to a session's request; the stage may yield null
   *     for none
   * @return the protocol; its answers come in the order of the requests
   */
  static <M> Protocol<M, M> answeringLater(
      String name,
      Codec<M, M> codec,
      BiFunction<IoSession, ? super M, ? extends CompletionStage<? extends M>> answer) {
    return of(name, codec, AnswerHandler.<M, M>later(answer));
  }

  /**
   * Returns a protocol with a given handler, whose answers come in the order of the requests.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param handler the handler, one for all sessions
   * @return the protocol
   */
  static <M> Protocol<M, M> of(
      String name, Codec<M, M> codec, AnswerHandler<? super M, ? extends M> handler) {
    return of(name, codec, handler, Correlation.inOrder());
  }

  /**
   * Returns a protocol with a given handler and correlation.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param handler the handler, one for all sessions
   * @param correlation how a client finds the request that a frame answers
   * @return the protocol
   */
  static <M> Protocol<M, M> of(
      String name,
      Codec<M, M> codec,
      AnswerHandler<? super M, ? extends M> handler,
      Correlation<M, M> correlation) {
    return of(name, codec, codec, handler, correlation);
  }

  /**
   * Returns a protocol with a codec for each side.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the server's codec
   * @param clientCodec the client's codec
   * @param handler the handler, one for all sessions
   * @param correlation how a client finds the request that a frame answers
   * @return the protocol
   */
  static <Q, A> Protocol<Q, A> of(
      String name,
      Codec<Q, A> codec,
      Codec<A, Q> clientCodec,
      AnswerHandler<? super Q, ? extends A> handler,
      Correlation<Q, A> correlation) {
    return new PlainProtocol<>(name, codec, clientCodec, handler, correlation);
  }

  /**
   * Returns a protocol with any MINA handler, whose answers come in the order of the requests. The
   * compiler does not check that handler and codec fit.
   *
   * @param <M> the type of requests and answers
   * @param name the name that conf uses: lower-case letters, digits and -
   * @param codec the codec of both sides
   * @param handler the handler, one for all sessions
   * @return the protocol
   */
  static <M> Protocol<M, M> withHandler(String name, Codec<M, M> codec, IoHandler handler) {
    return new PlainProtocol<>(name, codec, codec, handler, Correlation.inOrder());
  }

  /** {@return the name that conf uses: lower-case letters, digits and {@code -}} */
  String name();

  /**
   * {@return the settings of this protocol, none by default} Conf rejects any other key under
   * {@code settings}.
   */
  default List<Setting<?>> settings() {
    return List.of();
  }

  /**
   * Returns the server's codec.
   *
   * @param settings the settings of one listener
   * @return a codec that decodes requests and encodes answers
   */
  Codec<Q, A> codec(Settings settings);

  /**
   * Returns the client's codec.
   *
   * @param settings the settings of one client
   * @return a codec that decodes answers and encodes requests
   */
  Codec<A, Q> clientCodec(Settings settings);

  /**
   * Returns the server's handler.
   *
   * @param settings the settings of one listener
   * @return the handler of all sessions of that listener
   */
  IoHandler handler(Settings settings);

  /**
   * Starts the resources that the listeners of this protocol share in one server, such as a timer
   * or a pool of connections; by default nothing. A server calls it once, on the thread that starts
   * the server, before its first listener accepts. Handlers see the fields that it sets. Neither a
   * client nor {@code --check-config} calls it.
   *
   * <p>After the last session of all listeners has ended, the server closes the result on a
   * separate thread. The results of all protocols have 10 seconds together, in reverse order: if
   * one takes more than its share, the next one is closed at the same time.
   *
   * @param listeners the settings of each listener of this protocol, in the server's order
   * @return the resource that the server closes at its end
   * @throws Exception if it cannot be started; then the server does not start, and closes the
   *     resources that were started before
   */
  default AutoCloseable start(List<Settings> listeners) throws Exception {
    return () -> {};
  }

  /**
   * {@return how a client finds the request that a frame answers; by default, answers come in the
   * order of the requests}
   */
  default Correlation<Q, A> correlation() {
    return Correlation.inOrder();
  }

  /**
   * Adds the protocol's own filters to a chain; by default none. The chain is complete except for
   * {@code executor} and {@code fault}, which come last. A filter goes to the end of the chain, or
   * beside one of {@link FilterNames}: {@code chain.addBefore(FilterNames.CODEC, "mine", filter)}.
   *
   * @param chain the chain of a listener or a client
   * @param settings the settings of that listener or client
   * @param side the end of the connection that the chain is for
   */
  default void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {}
}
