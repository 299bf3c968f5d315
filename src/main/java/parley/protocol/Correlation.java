package parley.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/**
 * How a client finds the request that a frame from the server answers. Immutable.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 */
public final class Correlation<Q, A> {

  private enum Kind {
    ORDER,
    ORDER_AFTER_BANNER,
    KEY,
    NOTHING
  }

  private static final Correlation<?, ?> IN_ORDER = keyless(Kind.ORDER);
  private static final Correlation<?, ?> IN_ORDER_AFTER_BANNER = keyless(Kind.ORDER_AFTER_BANNER);
  private static final Correlation<?, ?> NONE = keyless(Kind.NOTHING);

  private final Kind kind;
  private final Function<? super Q, ? extends @Nullable Object> requestKey;
  private final Function<? super A, ? extends @Nullable Object> answerKey;

  private Correlation(
      Kind kind,
      Function<? super Q, ? extends @Nullable Object> requestKey,
      Function<? super A, ? extends @Nullable Object> answerKey) {
    this.kind = kind;
    this.requestKey = requestKey;
    this.answerKey = answerKey;
  }

  private static Correlation<?, ?> keyless(Kind kind) {
    return new Correlation<>(kind, any -> null, any -> null);
  }

  /** Answers come in the order of the requests, one each. */
  public static <Q, A> Correlation<Q, A> inOrder() {
    return typed(IN_ORDER);
  }

  /** As {@link #inOrder}, after one frame that the server sends first. */
  public static <Q, A> Correlation<Q, A> inOrderAfterBanner() {
    return typed(IN_ORDER_AFTER_BANNER);
  }

  /** No frame answers another: all frames go to {@code onUnsolicited}. */
  public static <Q, A> Correlation<Q, A> none() {
    return typed(NONE);
  }

  @SuppressWarnings("unchecked") // it calls no function of a type
  private static <Q, A> Correlation<Q, A> typed(Correlation<?, ?> keyless) {
    return (Correlation<Q, A>) keyless;
  }

  /**
   * Answers come in any order, each with its request's key, such as an id: {@code
   * Correlation.byKey(Query::id, Reply::id)}. A request whose key is in flight is rejected. A frame
   * whose key no request has goes to {@code onUnsolicited}. Keys are compared by {@code equals}.
   *
   * @param requestKey the key of a request; a request without one is rejected. If it throws, the
   *     request fails
   * @param answerKey the key of a frame; a frame without one answers nothing. If it throws, the
   *     connection fails
   */
  public static <Q, A> Correlation<Q, A> byKey(
      Function<? super Q, ? extends @Nullable Object> requestKey,
      Function<? super A, ? extends @Nullable Object> answerKey) {
    return new Correlation<>(Kind.KEY, requestKey, answerKey);
  }

  /** The same, whose key functions run with a context. */
  Correlation<Q, A> within(PluginContext context) {
    return isByKey() && context != PluginContext.NONE
        ? new Correlation<>(
            kind,
            request -> context.call(() -> requestKey.apply(request)),
            answer -> context.call(() -> answerKey.apply(answer)))
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

  /** The key of a request; null where there is none. */
  public @Nullable Object requestKey(Q request) {
    return requestKey.apply(request);
  }

  /** The key of an answer; null where there is none. */
  public @Nullable Object answerKey(A answer) {
    return answerKey.apply(answer);
  }
}
