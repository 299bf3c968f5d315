package parley.protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The answer to a frame: one message, several or none, now or later, and whether the session ends
 * after it. Immutable.
 *
 * @param <A> the type of the messages, which the protocol's codec encodes
 */
public abstract sealed class Answer<A> {

  private Answer() {}

  /**
   * Returns an answer of one message.
   *
   * @param <A> the type of the messages
   * @param message the message
   * @return the answer
   */
  public static <A> Answer<A> of(A message) {
    return new Value<>(message);
  }

  /**
   * Returns an answer without a message: the session continues with the next frame.
   *
   * @param <A> the type of the messages
   * @return the empty answer
   */
  @SuppressWarnings("unchecked") // it has no message
  public static <A> Answer<A> none() {
    return (Answer<A>) (Answer<?>) Several.NONE;
  }

  /**
   * Returns an answer of several messages. They are sent in order, with nothing between them.
   *
   * @param <A> the type of the messages
   * @param messages the messages
   * @return the answer
   */
  public static <A> Answer<A> several(List<? extends A> messages) {
    return new Several<>(List.copyOf(messages));
  }

  /**
   * Returns an answer that comes later. A stage that fails closes the session.
   *
   * @param <A> the type of the messages
   * @param message the message, or null for no answer
   * @return the answer
   */
  public static <A> Answer<A> later(CompletionStage<? extends A> message) {
    return new Later<>(message.toCompletableFuture(), false);
  }

  /**
   * Returns an answer whose kind is decided later. If it turns out to be a last one, the session
   * still accepted frames until then; those frames get no answer if answers keep their order.
   *
   * @param <A> the type of the messages
   * @param answer any answer except one that comes later
   * @return the answer
   */
  public static <A> Answer<A> decidedLater(CompletionStage<? extends Answer<A>> answer) {
    return new Later<>(answer.toCompletableFuture(), false);
  }

  /**
   * Returns an answer that ends the session: the session takes no more input, and closes after the
   * message is sent.
   *
   * @param <A> the type of the messages
   * @param message the message
   * @return the answer
   */
  public static <A> Answer<A> last(A message) {
    return new Last<>(of(message));
  }

  /**
   * Returns an answer of several messages, like {@link #several}, that ends the session like {@link
   * #last}.
   *
   * @param <A> the type of the messages
   * @param messages the messages
   * @return the answer
   */
  public static <A> Answer<A> lastOf(List<? extends A> messages) {
    return new Last<>(several(messages));
  }

  /**
   * Returns a last answer that comes later: the session takes no more input from now on.
   *
   * @param <A> the type of the messages
   * @param message the message, or null for no answer
   * @return the answer
   */
  public static <A> Answer<A> lastLater(CompletionStage<? extends A> message) {
    return new Later<>(message.toCompletableFuture(), true);
  }

  /**
   * Returns an answer without a message that ends the session after all earlier answers are sent.
   *
   * @param <A> the type of the messages
   * @return the answer
   */
  public static <A> Answer<A> end() {
    return new Last<>(none());
  }

  /** Returns whether it has no message, neither now nor later. */
  boolean isNone() {
    return this instanceof Several<?> several && several.messages.isEmpty();
  }

  /** Returns this answer as one that ends the session. */
  Last<A> asLast() {
    if (this instanceof Later) {
      throw new IllegalStateException("answer comes later (expected: an answer that is complete)");
    }
    return this instanceof Last<A> last ? last : new Last<>(this);
  }

  static final class Value<A> extends Answer<A> {
    // Not final: the JIT compiler of JDK 17 does not see through the barrier behind a final field,
    // and would allocate this object's message, such as a String whose bytes are copied at once.
    A message;

    Value(A message) {
      this.message = message;
    }
  }

  static final class Several<A> extends Answer<A> {
    static final Several<Object> NONE = new Several<>(List.of());

    final List<A> messages;

    Several(List<A> messages) {
      this.messages = messages;
    }
  }

  static final class Last<A> extends Answer<A> {
    final Answer<A> answer; // a Value or Several

    Last(Answer<A> answer) {
      this.answer = answer;
    }

    List<A> messages() {
      return answer instanceof Value<A> value
          ? List.of(value.message)
          : ((Several<A>) answer).messages;
    }
  }

  static final class Later<A> extends Answer<A> {
    final CompletableFuture<?> future; // of a message or of an Answer
    final boolean isLast;

    Later(CompletableFuture<?> future, boolean isLast) {
      this.future = future;
      this.isLast = isLast;
    }
  }
}
