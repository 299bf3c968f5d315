package parley.protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a frame is answered with: a message now or later, several, none; and whether the session
 * ends after it. Immutable.
 *
 * @param <A> the type of the messages, which the protocol's codec encodes
 */
public abstract sealed class Answer<A> {

  private Answer() {}

  /** Returns a message as the answer. */
  public static <A> Answer<A> of(A message) {
    return new Value<>(message);
  }

  /** Returns no answer: the session goes on with the next frame. */
  @SuppressWarnings("unchecked") // it has no message
  public static <A> Answer<A> none() {
    return (Answer<A>) (Answer<?>) Several.NONE;
  }

  /** Returns messages that are sent one after the other, with nothing between them. */
  public static <A> Answer<A> several(List<? extends A> messages) {
    return new Several<>(List.copyOf(messages));
  }

  /**
   * Returns an answer that comes later. A stage that fails closes the session.
   *
   * @param message the message, or null for no answer
   */
  public static <A> Answer<A> later(CompletionStage<? extends A> message) {
    return new Later<>(message.toCompletableFuture(), false);
  }

  /**
   * Returns an answer whose kind is decided later. If that is a last one, frames are taken until
   * then, and get no answer if answers keep their order.
   *
   * @param answer any but one that comes later
   */
  public static <A> Answer<A> decidedLater(CompletionStage<? extends Answer<A>> answer) {
    return new Later<>(answer.toCompletableFuture(), false);
  }

  /** Returns a message after which the session takes no more input, and closes once it is sent. */
  public static <A> Answer<A> last(A message) {
    return new Last<>(of(message));
  }

  /** Returns messages as {@link #several} does, and closes the session as {@link #last} does. */
  public static <A> Answer<A> lastOf(List<? extends A> messages) {
    return new Last<>(several(messages));
  }

  /**
   * Returns a last answer that comes later: the session takes no more input from now on.
   *
   * @param message as for {@link #later}
   */
  public static <A> Answer<A> lastLater(CompletionStage<? extends A> message) {
    return new Later<>(message.toCompletableFuture(), true);
  }

  /** Returns no answer, and closes the session once all earlier answers are sent. */
  public static <A> Answer<A> end() {
    return new Last<>(none());
  }

  /** Whether it has no message, now or later. */
  boolean isNone() {
    return this instanceof Several<?> several && several.messages.isEmpty();
  }

  /** This answer, after which the session ends. */
  Last<A> asLast() {
    if (this instanceof Later) {
      throw new IllegalStateException("an answer that comes later (expected: one that is there)");
    }
    return this instanceof Last<A> last ? last : new Last<>(this);
  }

  static final class Value<A> extends Answer<A> {
    final A message;

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
