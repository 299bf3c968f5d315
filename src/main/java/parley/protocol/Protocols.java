package parley.protocol;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.internal.loop.PluginContext;

/**
 * Protocols by name. They are listed in files {@code META-INF/services/parley.protocol.Protocol}
 * that a class loader finds, or given by the caller. Immutable.
 *
 * <p>If one protocol cannot be used, loading fails: a server never starts without one of its
 * protocols.
 */
public final class Protocols {

  private static final Logger LOG = LoggerFactory.getLogger(Protocols.class);

  private final SortedMap<String, Protocol<?, ?>> byName = new TreeMap<>();
  private final Map<String, String> jars = new HashMap<>();

  private Protocols() {}

  /**
   * Returns the protocols of the class path and the given ones.
   *
   * @param others protocols that no file lists, such as a {@code new EchoProtocol()}
   * @return the protocols
   * @throws ProtocolException like {@link #load(ClassLoader, Protocol...)}
   */
  public static Protocols load(Protocol<?, ?>... others) {
    return load(Protocols.class.getClassLoader(), others);
  }

  /**
   * Returns the protocols of the class path, those of the jars in a folder, and the given ones. The
   * jars see each other's classes.
   *
   * @param plugins the folder; it need not exist
   * @param others protocols that no file lists, such as a {@code new EchoProtocol()}
   * @return the protocols
   * @throws ProtocolException like {@link #load(ClassLoader, Protocol...)}, and if a jar cannot be
   *     read
   */
  public static Protocols load(Path plugins, Protocol<?, ?>... others) {
    return load(PluginJars.loader(plugins), others);
  }

  /**
   * Returns the protocols that a class loader finds, and the given ones. Parley's own jar lists
   * only the greeting: the small services are found only if they are given.
   *
   * @param loader the class loader
   * @param others protocols that no file lists, such as a {@code new EchoProtocol()}
   * @return the protocols
   * @throws ProtocolException if a protocol cannot be created or two have the same name; the
   *     message has one line for each, with its jar, its class and the cause
   */
  public static Protocols load(ClassLoader loader, Protocol<?, ?>... others) {
    Protocols found = new Protocols();
    List<String> problems = new ArrayList<>();
    for (Protocol<?, ?> each : others) {
      found.add(null, each.getClass().getName(), () -> each, problems);
    }
    for (ServiceFile file : ServiceFile.all(loader, problems)) {
      for (String className : file.classNames()) {
        found.add(file.jar(), className, () -> file.make(className, loader), problems);
      }
    }
    if (!problems.isEmpty()) {
      throw new ProtocolException(problems);
    }
    return found;
  }

  /**
   * Adds a protocol in its context, or adds the reason why it cannot be used to the problems.
   *
   * @param jar the jar that lists it, or null
   */
  private void add(
      @Nullable String jar,
      String className,
      Supplier<? extends Protocol<?, ?>> made,
      List<String> problems) {
    try {
      Protocol<?, ?> protocol = made.get();
      PluginContext.around(protocol).run(() -> add(jar, protocol));
    } catch (RuntimeException | Error e) {
      LOG.debug("protocol not usable: class={}", className, e);
      String problem =
          e instanceof ProtocolException
              ? String.valueOf(e.getMessage())
              : className + ": " + Origin.reason(e);
      problems.add(jar == null ? problem : jar + ": " + problem);
    }
  }

  private void add(@Nullable String jar, Protocol<?, ?> protocol) {
    ServiceFile.check(protocol);
    String name = protocol.name();
    Protocol<?, ?> other = byName.putIfAbsent(name, protocol);
    boolean isOfOneJar = jar != null && jar.equals(jars.computeIfAbsent(name, first -> jar));
    if (other != null && !(isOfOneJar && other.getClass() == protocol.getClass())) {
      throw new ProtocolException(
          List.of(
              String.format(
                  "%s: protocol %s already exists: %s of %s",
                  protocol.getClass().getName(),
                  name,
                  other.getClass().getName(),
                  Origin.jar(other.getClass()))));
    }
  }

  /**
   * Calls one of a protocol's methods, for a server or a client.
   *
   * @param <T> the type of the part
   * @param protocol the protocol
   * @param part the name of the part that the method creates, for error messages
   * @param method the method
   * @return the result of the method
   * @throws ProtocolException if the method throws, does not fit this Parley or MINA, or returns
   *     null
   */
  public static <T> T part(Protocol<?, ?> protocol, String part, Supplier<T> method) {
    String missing = describe(protocol) + ": no " + part + ": ";
    T made;
    try {
      made = PluginContext.around(protocol).call(method::get);
    } catch (RuntimeException | Error e) {
      throw new ProtocolException(missing + Origin.reason(protocol, e), e);
    }
    if (made == null) {
      throw new ProtocolException(List.of(missing + "null"));
    }
    return made;
  }

  /**
   * Starts the resources that the listeners of a protocol share in one server.
   *
   * @param protocol the protocol
   * @param listeners the settings of each of its listeners
   * @return the resource to close, in the protocol's context
   * @throws ProtocolException if it cannot be started; the message has the protocol, its jar and
   *     the cause
   */
  public static AutoCloseable start(Protocol<?, ?> protocol, List<Settings> listeners) {
    String failed = describe(protocol) + ": cannot start: ";
    AutoCloseable started;
    try {
      started = PluginContext.around(protocol).call(() -> protocol.start(listeners));
    } catch (Exception | LinkageError e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new ProtocolException(failed + Origin.reason(protocol, e), e);
    }
    if (started == null) {
      throw new ProtocolException(List.of(failed + "null (expected: an AutoCloseable)"));
    }
    return started;
  }

  /**
   * Returns how a client of a protocol matches answers to requests. Its key functions run with the
   * protocol's context on any thread.
   *
   * @param <Q> the type of the requests
   * @param <A> the type of the answers
   * @param protocol the protocol
   * @return its correlation
   * @throws ProtocolException like {@link #part}
   */
  public static <Q, A> Correlation<Q, A> correlation(Protocol<Q, A> protocol) {
    return part(protocol, "correlation", protocol::correlation)
        .within(PluginContext.around(protocol));
  }

  /**
   * Returns a message for a failure in a session if the protocol's jars caused it: they were built
   * against another Parley or MINA, or changed while in use.
   *
   * @param protocol the protocol of the session
   * @param failure the failure
   * @return the message, or null for any other failure
   */
  public static @Nullable String misfit(Protocol<?, ?> protocol, Throwable failure) {
    String changed = Origin.changed(protocol, failure);
    if (changed != null) {
      return describe(protocol) + ": " + changed;
    }
    return Origin.isMisfit(failure)
        ? describe(protocol) + " does not fit this Parley or MINA: " + failure
        : null;
  }

  /**
   * Returns a protocol's name.
   *
   * @param protocol the protocol
   * @return its name
   */
  public static String name(Protocol<?, ?> protocol) {
    return PluginContext.around(protocol).call(protocol::name);
  }

  /**
   * Returns a protocol's name and jar, for error messages.
   *
   * @param protocol the protocol
   * @return {@code protocol NAME of JAR}, without the jar for Parley's own
   */
  public static String describe(Protocol<?, ?> protocol) {
    String jar = Origin.jar(protocol.getClass());
    boolean own = jar == null || jar.equals(Origin.jar(Protocol.class));
    return "protocol " + name(protocol) + (own ? "" : " of " + jar);
  }

  /**
   * Returns the protocol of a name.
   *
   * @param name the name
   * @return the protocol, or null if there is none
   */
  public @Nullable Protocol<?, ?> find(String name) {
    return byName.get(name);
  }

  /** {@return all names, sorted} */
  public Set<String> names() {
    return Collections.unmodifiableSet(byName.keySet());
  }
}
