package parley.internal.loop;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Stream;

/** Says whether a class has more to do in a callback than one of MINA's adapters. */
public final class Overrides {

  private Overrides() {}

  /**
   * Whether a class has its own of one of these methods.
   *
   * @param adapter where those that do nothing of interest are declared, such as IoHandlerAdapter
   */
  public static boolean any(Class<?> type, Class<?> adapter, String... methods) {
    Set<String> names = Set.of(methods);
    return Stream.of(adapter.getDeclaredMethods())
        .filter(method -> names.contains(method.getName()))
        .anyMatch(method -> isOwn(type, adapter, method));
  }

  private static boolean isOwn(Class<?> type, Class<?> adapter, Method method) {
    try {
      return type.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass()
          != adapter;
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + " has not " + method, e);
    }
  }
}
