package parley.protocol;

import java.util.function.Function;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * A typed MINA session attribute, made when it is first asked for. Keep it in a constant. Any
 * thread may call; whether several may use the value depends on its class.
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
   * An attribute of a class.
   *
   * @param owner with the name, only for {@code toString}: each SessionAttribute is its own key
   * @param make makes the value for a session; two threads may call it at once, and get the same
   *     one of the two
   */
  public SessionAttribute(Class<?> owner, String name, Function<IoSession, T> make) {
    this.name = owner.getSimpleName() + "." + name;
    this.make = make;
  }

  /** An attribute that has no value before {@link #set}. */
  public SessionAttribute(Class<?> owner, String name) {
    this(
        owner,
        name,
        session -> {
          throw new IllegalStateException(owner.getSimpleName() + "." + name + " is not set");
        });
  }

  /** The value of a session, made now if there is none. */
  public T of(IoSession session) {
    T known = ifMade(session);
    if (known != null) {
      return known;
    }
    T made = make.apply(session);
    T earlier = cast(session.setAttributeIfAbsent(this, made));
    return earlier == null ? made : earlier;
  }

  /** The value of a session, or null if it was neither made by {@link #of} nor set. */
  public @Nullable T ifMade(IoSession session) {
    return cast(session.getAttribute(this));
  }

  /** Sets the value of a session. */
  public void set(IoSession session, T value) {
    session.setAttribute(this, value);
  }

  /** {@code Owner.name}. */
  @Override
  public String toString() {
    return name;
  }

  @SuppressWarnings("unchecked")
  private @Nullable T cast(@Nullable Object value) {
    return (T) value;
  }
}
