package parley.protocol;

import java.util.Collections;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The protocols that a class loader finds by {@link ServiceLoader}, by name. Immutable. */
public final class Protocols {

  private final SortedMap<String, Protocol> byName = new TreeMap<>();

  private Protocols() {}

  /** Those of the class path. */
  public static Protocols load() {
    return load(Protocols.class.getClassLoader());
  }

  /**
   * Those that a class loader sees.
   *
   * @throws IllegalStateException if one cannot be made, or two have the same name; the message
   *     says which and where it came from
   */
  public static Protocols load(@Nullable ClassLoader loader) {
    Protocols found = new Protocols();
    Iterator<Protocol> all = ServiceLoader.load(Protocol.class, loader).iterator();
    try {
      while (all.hasNext()) {
        found.add(all.next());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      String cause = e.getCause() == null ? "" : ": " + e.getCause();
      throw new IllegalStateException("protocol not loaded: " + e.getMessage() + cause, e);
    }
    return found;
  }

  private void add(Protocol protocol) {
    if (!protocol.name().matches("[a-z0-9-]+")) {
      throw new IllegalStateException(
          String.format(
              "protocol name: \"%s\" of %s (expected: lower-case letters, digits and -)",
              protocol.name(), origin(protocol)));
    }
    Protocol other = byName.putIfAbsent(protocol.name(), protocol);
    if (other != null && other.getClass() != protocol.getClass()) {
      throw new IllegalStateException(
          String.format(
              "two protocols are named %s: %s and %s",
              protocol.name(), origin(other), origin(protocol)));
    }
  }

  private static String origin(Protocol protocol) {
    Class<?> type = protocol.getClass();
    var source = type.getProtectionDomain().getCodeSource();
    return type.getName() + (source == null ? "" : " of " + source.getLocation());
  }

  /** The protocol of a name, or null. */
  public @Nullable Protocol find(String name) {
    return byName.get(name);
  }

  /** All names, sorted. */
  public Set<String> names() {
    return Collections.unmodifiableSet(byName.keySet());
  }
}
