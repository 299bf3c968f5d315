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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/**
 * The look-ups of one name and the callers that wait for them. All clients of this JVM look up
 * names on at most {@value #THREADS} threads. A hanging look-up cannot be interrupted, and keeps
 * its thread until it ends. Therefore all callers for the same name share one look-up. A caller
 * starts another one if the latest has run for longer than the caller would wait, up to {@value
 * #MOST_OF_A_NAME} for one name. The first one to end serves all callers. A queued look-up is
 * dropped when the last caller gives up. Guarded by the lock of {@link #NAMES}.
 */
final class NameLookups {

  /** The largest number of look-ups at a time. */
  static final int THREADS = 32;

  /**
   * The largest number of look-ups of one name at a time; all of them except the last have hung.
   */
  static final int MOST_OF_A_NAME = 4;

  private static final Map<Key, NameLookups> NAMES = new HashMap<>();
  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), NameLookups::thread);

  static {
    POOL.allowCoreThreadTimeOut(true);
  }

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

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "parley-lookup");
    thread.setDaemon(true);
    thread.setContextClassLoader(null); // the thread outlives its first caller
    return thread;
  }

  /**
   * Looks up the addresses of a name. An address is returned as it is, at once. Any thread may call
   * this.
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

  /** Returns the latest look-up if the caller can share it; otherwise begins another one. */
  private Lookup latest(Duration patience) {
    Lookup latest = lookups.isEmpty() ? null : lookups.get(lookups.size() - 1);
    boolean hangs =
        latest != null
            && latest.begun != 0
            && System.nanoTime() - latest.begun >= patience.toNanos();
    if (latest == null || (hangs && lookups.size() < MOST_OF_A_NAME)) {
      latest = new Lookup();
      POOL.execute(latest);
      lookups.add(latest);
    }
    return latest;
  }

  private void left(Waiter waiter) {
    synchronized (NAMES) {
      waiters.remove(waiter);
      dropUnused();
    }
  }

  private void dropUnused() {
    if (waiters.isEmpty()) {
      lookups.removeIf(POOL::remove);
    }
    if (lookups.isEmpty()) {
      NAMES.remove(key, this);
    }
  }

  /** A caller that waits for addresses. */
  static final class Waiter extends CompletableFuture<List<InetAddress>> {

    private @Nullable Lookup lookup; // null for an address

    /** Returns whether a thread was free for the look-up. */
    boolean hasBegun() {
      return lookup == null || lookup.begun != 0;
    }
  }

  /** One look-up, in the context of the caller that began it. */
  private final class Lookup implements Runnable {

    private final PluginContext context = PluginContext.current();
    private volatile long begun; // in the time of System.nanoTime; 0 while it is queued

    @Override
    public void run() {
      begun = System.nanoTime() | 1;
      try {
        context.run(() -> end(resolve()));
      } finally {
        Thread.currentThread().setContextClassLoader(null); // a resolver may have set one
      }
    }

    /** Looks up the name and returns an action that completes a caller with the result. */
    private Consumer<Waiter> resolve() {
      try {
        List<InetAddress> addresses = List.copyOf(key.resolver.resolve(key.name));
        return waiter -> waiter.complete(addresses);
      } catch (IOException | RuntimeException | Error failure) {
        return waiter -> waiter.completeExceptionally(failure);
      }
    }

    private void end(Consumer<Waiter> outcome) {
      List<Waiter> served;
      synchronized (NAMES) {
        lookups.remove(this);
        served = List.copyOf(waiters);
        waiters.clear();
        dropUnused();
      }
      served.forEach(outcome);
    }
  }
}
