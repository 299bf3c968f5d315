package parley.proving;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Measures the memory that a decoder holds: the lengths of arrays, texts and collections in its
 * fields.
 */
final class Held {

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Held() {}

  static long by(Object decoder) throws IllegalAccessException {
    return new Held().in(decoder);
  }

  private long in(Object value) throws IllegalAccessException {
    if (value == null || !seen.add(value)) {
      return 0;
    }
    if (value instanceof CharSequence text) {
      return text.length();
    }
    if (value instanceof Map<?, ?> map) {
      return in(map.keySet()) + in(map.values());
    }
    if (value instanceof Iterable<?> elements) {
      long sum = 0;
      for (Object each : elements) {
        sum += 1 + in(each);
      }
      return sum;
    }
    if (value.getClass().isArray()) {
      long sum = Array.getLength(value);
      for (int i = 0; value instanceof Object[] && i < Array.getLength(value); i++) {
        sum += in(Array.get(value, i));
      }
      return sum;
    }
    if (value instanceof Enum) {
      return 0;
    }
    String type = value.getClass().getName();
    return type.startsWith("parley.") || type.startsWith("example.") ? inFields(value) : 0;
  }

  private long inFields(Object value) throws IllegalAccessException {
    long sum = 0;
    for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
      if (type == Record.class || type == null) {
        break;
      }
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          sum += in(field.get(value));
        }
      }
    }
    return sum;
  }
}
