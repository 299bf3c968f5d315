package parley.internal.loop;

import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;

/**
 * The context class loader for threads that run the code of one plug-in: the loader of the
 * plug-in's jars, so that {@code ServiceLoader.load(X.class)} finds their services. Immutable and
 * thread-safe.
 */
public final class PluginContext {

  /** Code of a plug-in, with a result. */
  public interface Code<T extends @Nullable Object, E extends Exception> {

    /** Runs the code. */
    T run() throws E;
  }

  /** A context that changes nothing, for code from Parley's own class loader. */
  public static final PluginContext NONE = new PluginContext(null);

  private final @Nullable ClassLoader loader;

  private PluginContext(@Nullable ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Returns the context of the plug-in that an object belongs to; {@link #NONE} for Parley's own.
   */
  public static PluginContext around(Object code) {
    return of(code.getClass());
  }

  /** Returns the context of a plug-in's class; {@link #NONE} for Parley's own. */
  public static PluginContext of(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == PluginContext.class.getClassLoader()
        ? NONE
        : new PluginContext(loader);
  }

  /** Returns the calling thread's current context, for use on other threads. */
  public static PluginContext current() {
    return new PluginContext(Thread.currentThread().getContextClassLoader());
  }

  /**
   * Returns the context for listeners of an accepted session's futures, which no filter surrounds.
   * A client's futures belong to the caller: their listeners run with the loop's own context.
   */
  public static PluginContext of(IoSession session) {
    return SessionState.of(session).context();
  }

  /** Stores this context for {@link #of(IoSession)}. */
  public void keepFor(IoSession session) {
    if (loader != null && session.isServer()) {
      SessionState.of(session).setContext(this);
    }
  }

  /** Sets the calling thread's context, and returns the previous one for {@link #leave}. */
  public @Nullable ClassLoader enter() {
    if (loader == null) {
      return null;
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    if (before != loader) {
      thread.setContextClassLoader(loader);
    }
    return before;
  }

  /** Restores the calling thread's context, whatever the code has set. */
  public void leave(@Nullable ClassLoader before) {
    if (loader == null) {
      return;
    }
    Thread thread = Thread.currentThread();
    if (thread.getContextClassLoader() != before) {
      thread.setContextClassLoader(before);
    }
  }

  /** Runs code with this context. */
  public void run(Runnable code) {
    ClassLoader before = enter();
    try {
      code.run();
    } finally {
      leave(before);
    }
  }

  /** Runs code with this context, and returns its result or throws its exception. */
  public <T extends @Nullable Object, E extends Exception> T call(Code<T, E> code) throws E {
    ClassLoader before = enter();
    try {
      return code.run();
    } finally {
      leave(before);
    }
  }
}
