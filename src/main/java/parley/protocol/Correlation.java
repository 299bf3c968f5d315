package parley.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/** Says how a client finds the request that a frame from the server answers. Immutable. */
public final class Correlation {

  private enum Kind {
    ORDER,
    ORDER_AFTER_BANNER,
    KEY,
    NOTHING
  }

  /** Answers come in the order of the requests, one each. */
  public static final Correlation IN_ORDER = new Correlation(Kind.ORDER, any -> null);

  /** As {@link #IN_ORDER}, after one frame that the server sends unasked. */
  public static final Correlation IN_ORDER_AFTER_BANNER =
      new Correlation(Kind.ORDER_AFTER_BANNER, any -> null);

  /** No frame answers another: all frames go to the listener. */
  public static final Correlation NONE = new Correlation(Kind.NOTHING, any -> null);

  private final Kind kind;
  private final Function<Object, @Nullable Object> key;

  private Correlation(Kind kind, Function<Object, @Nullable Object> key) {
    this.kind = kind;
    this.key = key;
  }

  /**
   * Answers come in any order, each with its request's key, such as an id. A request whose key is
   * in flight is refused. A frame whose key no request has goes to the listener.
   *
   * @param key the key of a message, which is either a request or an answer; keys are compared by
   *     {@code equals}. For null a frame answers nothing and a request is refused; for an exception
   *     the connection, or the request, fails
   * @param <M> the type of both
   */
  @SuppressWarnings("unchecked")
  public static <M> Correlation byKey(Function<M, @Nullable Object> key) {
    return new Correlation(Kind.KEY, message -> key.apply((M) message));
  }

  /** The same, whose key function runs with a context. */
  Correlation within(PluginContext context) {
    return isByKey() && context != PluginContext.NONE
        ? new Correlation(kind, message -> context.call(() -> key.apply(message)))
        : this;
  }

  /** Whether answers come in the order of the requests. */
  public boolean isInOrder() {
    return kind == Kind.ORDER || isAfterBanner();
  }

  /** Whether answers are found by their key. */
  public boolean isByKey() {
    return kind == Kind.KEY;
  }

  /** Whether the first frame answers nothing. */
  public boolean isAfterBanner() {
    return kind == Kind.ORDER_AFTER_BANNER;
  }

  /** The key of a request or an answer; null where there is none. */
  public @Nullable Object key(Object message) {
    return key.apply(message);
  }
}
