package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/**
 * The look-ups of one name and the callers that wait for them. All clients of this JVM look names
 * up on at most {@value #THREADS} threads. A hanging look-up cannot be interrupted, and keeps its
 * thread until it ends. So all callers that want the same name share one look-up; but a caller
 * starts another one if the latest has run for longer than the caller would wait, up to {@value
 * #MOST_OF_A_NAME} of a name. The first to end serves all callers. A queued look-up is dropped when
 * the last caller gives up. Guarded by the lock of {@link #NAMES}.
 */
final class NameLookups {

  /** Look-ups that can run at a time. */
  static final int THREADS = 32;

  /** Of these, look-ups of one name, of which all but the last have hung. */
  static final int MOST_OF_A_NAME = 4;

  private static final Map<Key, NameLookups> NAMES = new HashMap<>();
  private static final ThreadPoolExecutor POOL = pool();

  private final Key key;
  private final List<Waiter> waiters = new ArrayList<>();
  private final List<Lookup> lookups = new ArrayList<>(); // the latest is the last

  private NameLookups(Key key) {
    this.key = key;
  }

  /** A name of one resolver, compared by identity: no code of a resolver runs under the lock. */
  private record Key(Resolver resolver, String name) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.resolver == resolver && key.name.equals(name);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(resolver) + name.hashCode();
    }
  }

  private static ThreadPoolExecutor pool() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "parley-lookup");
              thread.setDaemon(true);
              thread.setContextClassLoader(null); // the thread outlives its first caller
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Looks up the addresses of a name; an address is its own, at once. Any thread may call.
   *
   * @param patience how long the caller waits
   * @return completed on a look-up thread; cancel it to give up
   */
  static Waiter of(Resolver resolver, String name, Duration patience) {
    Waiter waiter = new Waiter();
    if (name.indexOf(':') >= 0 || name.matches("[0-9.]+")) {
      try {
        waiter.complete(List.of(InetAddress.getByName(name)));
      } catch (UnknownHostException none) {
        waiter.completeExceptionally(none);
      }
      return waiter;
    }
    synchronized (NAMES) {
      NameLookups known = NAMES.computeIfAbsent(new Key(resolver, name), NameLookups::new);
      waiter.lookup = known.latest(patience);
      known.waiters.add(waiter);
      var unused = waiter.whenComplete((addresses, failure) -> known.left(waiter));
    }
    return waiter;
  }

  /** The latest look-up; begins one unless the caller can share it. */
  private Lookup latest(Duration patience) {
    Lookup latest = lookups.isEmpty() ? null : lookups.get(lookups.size() - 1);
    if (latest != null && (lookups.size() == MOST_OF_A_NAME || !latest.hasRunFor(patience))) {
      return latest;
    }
    Lookup next = new Lookup();
    POOL.execute(next);
    lookups.add(next);
    return next;
  }

  private void left(Waiter waiter) {
    synchronized (NAMES) {
      waiters.remove(waiter);
      if (waiters.isEmpty()) {
        lookups.removeIf(POOL::remove);
        dropIfUnused();
      }
    }
  }

  private void dropIfUnused() {
    if (lookups.isEmpty()) {
      NAMES.remove(key, this);
    }
  }

  /** A caller that waits for addresses. */
  static final class Waiter extends CompletableFuture<List<InetAddress>> {

    private @Nullable Lookup lookup;

    /** Whether a thread was free for the look-up. */
    boolean hasBegun() {
      synchronized (NAMES) {
        return lookup == null || lookup.begun != null;
      }
    }
  }

  /** One look-up, in the context of the caller that has begun it. */
  private final class Lookup implements Runnable {

    private final PluginContext context = PluginContext.current();
    private @Nullable Long begun; // as of System.nanoTime

    boolean hasRunFor(Duration time) {
      return begun != null && System.nanoTime() - begun >= time.toNanos();
    }

    @Override
    public void run() {
      synchronized (NAMES) {
        begun = System.nanoTime();
      }
      try {
        context.run(this::resolve);
      } finally {
        Thread.currentThread().setContextClassLoader(null); // which a resolver may have left
      }
    }

    private void resolve() {
      try {
        List<InetAddress> addresses = List.copyOf(key.resolver.resolve(key.name));
        end().forEach(waiter -> waiter.complete(addresses));
      } catch (IOException | RuntimeException | Error failure) {
        end().forEach(waiter -> waiter.completeExceptionally(failure));
      }
    }

    /** Returns the callers to serve. */
    private List<Waiter> end() {
      synchronized (NAMES) {
        lookups.remove(this);
        List<Waiter> served = List.copyOf(waiters);
        waiters.clear();
        dropIfUnused();
        return served;
      }
    }
  }
}
