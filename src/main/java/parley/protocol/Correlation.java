package parley.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/**
 * The way a client finds the request that a frame from the server answers. Immutable.
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

  /**
   * Returns a correlation by order: one answer for each request, in the order of the requests.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @return the correlation
   */
  public static <Q, A> Correlation<Q, A> inOrder() {
    return typed(IN_ORDER);
  }

  /**
   * Returns a correlation like {@link #inOrder}, for a server that first sends one frame that
   * answers nothing.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @return the correlation
   */
  public static <Q, A> Correlation<Q, A> inOrderAfterBanner() {
    return typed(IN_ORDER_AFTER_BANNER);
  }

  /**
   * Returns a correlation for a protocol whose frames answer nothing: all of them go to {@code
   * onUnsolicited}.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @return the correlation
   */
  public static <Q, A> Correlation<Q, A> none() {
    return typed(NONE);
  }

  @SuppressWarnings("unchecked") // it calls no function that depends on the types
  private static <Q, A> Correlation<Q, A> typed(Correlation<?, ?> keyless) {
    return (Correlation<Q, A>) keyless;
  }

  /**
   * Returns a correlation by key, for answers in any order that carry their request's key, such as
   * an id: {@code Correlation.byKey(Query::id, Reply::id)}. Keys are compared with {@code equals}.
   * A request whose key is already in flight is rejected. A frame whose key belongs to no request
   * goes to {@code onUnsolicited}.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param requestKey returns the key of a request; if null, the request is rejected. If it throws,
   *     the request fails
   * @param answerKey returns the key of a frame; if null, the frame answers nothing. If it throws,
   *     the connection fails
   * @return the correlation
   */
  public static <Q, A> Correlation<Q, A> byKey(
      Function<? super Q, ? extends @Nullable Object> requestKey,
      Function<? super A, ? extends @Nullable Object> answerKey) {
    return new Correlation<>(Kind.KEY, requestKey, answerKey);
  }

  /** Returns this correlation with its key functions run in a context. */
  Correlation<Q, A> within(PluginContext context) {
    return isByKey() && context != PluginContext.NONE
        ? new Correlation<>(
            kind,
            request -> context.call(() -> requestKey.apply(request)),
            answer -> context.call(() -> answerKey.apply(answer)))
        : this;
  }

  /** {@return whether answers come in the order of the requests} */
  public boolean isInOrder() {
    return kind == Kind.ORDER || isAfterBanner();
  }

  /** {@return whether answers are found by their key} */
  public boolean isByKey() {
    return kind == Kind.KEY;
  }

  /** {@return whether the server's first frame answers nothing} */
  public boolean isAfterBanner() {
    return kind == Kind.ORDER_AFTER_BANNER;
  }

  /**
   * Returns the key of a request.
   *
   * @param request the request
   * @return the key, or null if the request has none
   */
  public @Nullable Object requestKey(Q request) {
    return requestKey.apply(request);
  }

  /**
   * Returns the key of an answer.
   *
   * @param answer the answer
   * @return the key, or null if the answer has none
   */
  public @Nullable Object answerKey(A answer) {
    return answerKey.apply(answer);
  }
}
