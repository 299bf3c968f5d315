package parley.internal.loop;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Stream;

/** Checks whether a class overrides a callback of one of MINA's adapters. */
public final class Overrides {

  private Overrides() {}

  /**
   * Returns whether a class has its own version of one of these methods.
   *
   * @param adapter the class with the default versions, such as IoHandlerAdapter
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
      throw new IllegalArgumentException(type.getName() + " has no method " + method, e);
    }
  }
}
