package parley.protocol;

import java.util.function.Function;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * A typed MINA session attribute that is created on first use. Keep it in a constant. Any thread
 * may call these methods; whether several threads may use the value depends on its class.
 *
 * <pre>{@code
 * private static final SessionAttribute<Basket> BASKET =
 *     new SessionAttribute<>(ShopProtocol.class, "basket", session -> new Basket());
 * ...
 * BASKET.of(session).add(item);
 * }</pre>
 *
 * @param <T> the type of the value
 */
public final class SessionAttribute<T> {

  private final String name;
  private final Function<IoSession, T> make;

  /**
   * Creates an attribute with an initial value. Each SessionAttribute is its own key.
   *
   * @param owner the owner's class, only for {@code toString}
   * @param name the attribute's name, only for {@code toString}
   * @param make returns the initial value for a session; two threads may call it at once, and both
   *     get the same one of the two values
   */
  public SessionAttribute(Class<?> owner, String name, Function<IoSession, T> make) {
    this.name = owner.getSimpleName() + "." + name;
    this.make = make;
  }

  /**
   * Creates an attribute that has no value until {@link #set} is called.
   *
   * @param owner the owner's class, only for {@code toString}
   * @param name the attribute's name, only for {@code toString}
   */
  public SessionAttribute(Class<?> owner, String name) {
    this(
        owner,
        name,
        session -> {
          throw new IllegalStateException(owner.getSimpleName() + "." + name + " is not set");
        });
  }

  /**
   * Returns the value of a session, and creates it if there is none.
   *
   * @param session the session
   * @return the value
   */
  public T of(IoSession session) {
    T known = ifMade(session);
    if (known != null) {
      return known;
    }
    T made = make.apply(session);
    T earlier = cast(session.setAttributeIfAbsent(this, made));
    return earlier == null ? made : earlier;
  }

  /**
   * Returns the value of a session without creating one.
   *
   * @param session the session
   * @return the value, or null if it was neither created by {@link #of} nor set
   */
  public @Nullable T ifMade(IoSession session) {
    return cast(session.getAttribute(this));
  }

  /**
   * Sets the value of a session.
   *
   * @param session the session
   * @param value the value
   */
  public void set(IoSession session, T value) {
    session.setAttribute(this, value);
  }

  /** {@return {@code Owner.name}} */
  @Override
  public String toString() {
    return name;
  }

  @SuppressWarnings("unchecked")
  private @Nullable T cast(@Nullable Object value) {
    return (T) value;
  }
}
