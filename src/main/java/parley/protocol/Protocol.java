package parley.protocol;

import java.util.List;
import java.util.function.BiFunction;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.Nullable;

/**
 * A protocol, in MINA's own types: its codec, its handler, and its own filters. Write one class,
 * name it in {@code META-INF/services/parley.protocol.Protocol}, and give it a block in conf;
 * {@link Protocols} finds it, in the class path and in {@code plugins/}. For an embedded protocol
 * without settings use {@link #of} or {@link #answering}.
 *
 * <p>An instance serves any number of listeners and clients. {@link #codec}, {@link #handler} and
 * {@link #extend} are called once for each of those, before the first session, on the thread that
 * makes it; {@link #name}, {@link #settings} and {@link #correlation} at any time. What they return
 * is shared by the sessions, so it is thread-safe or keeps its state in the session.
 */
public interface Protocol {

  /** Which end of the connection a codec or a filter is for. */
  enum Side {
    /** It accepted the connection. */
    SERVER,
    /** It made the connection. */
    CLIENT
  }

  /** A protocol of a codec and a handler, whose answers come in order. */
  static Protocol of(String name, ProtocolCodecFactory codec, IoHandler handler) {
    return of(name, codec, handler, Correlation.IN_ORDER);
  }

  /** A protocol of a codec and a handler. */
  static Protocol of(
      String name, ProtocolCodecFactory codec, IoHandler handler, Correlation correlation) {
    return new PlainProtocol(name, codec, handler, correlation);
  }

  /**
   * A protocol that answers each frame, in order: {@code Protocol.answering("echo", new
   * BytesCodecFactory(), (session, bytes) -> bytes)}.
   *
   * @param answer as {@link AnswerHandler#answer}
   */
  static <F> Protocol answering(
      String name, ProtocolCodecFactory codec, BiFunction<IoSession, F, @Nullable Object> answer) {
    return of(name, codec, AnswerHandler.of(answer));
  }

  /** The name that conf uses: lower-case letters, digits and {@code -}. */
  String name();

  /** The settings it takes; any other key under {@code settings} is refused. None by default. */
  default List<Setting<?>> settings() {
    return List.of();
  }

  /** Bytes to frames and back, for one side. */
  ProtocolCodecFactory codec(Settings settings, Side side);

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
  default Correlation correlation() {
    return Correlation.IN_ORDER;
  }

  /**
   * Adds its own filters, by default none, to a chain that is complete except for {@code executor}
   * and {@code fault}, which come last: at its end, or at a place of {@link FilterNames}, such as
   * {@code chain.addBefore(FilterNames.CODEC, "mine", filter)}.
   */
  default void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {}
}
