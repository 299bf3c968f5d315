package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up for all clients of this JVM, on at most {@value #THREADS} threads. All callers
 * that want the same name at the same time share one look-up: a hanging look-up cannot be
 * interrupted, and keeps its thread until it ends. A queued look-up is dropped when its last caller
 * gives up. Any thread may call.
 */
final class Lookups {

  /** Names that can be looked up at a time. */
  static final int THREADS = 8;

  private static final Map<Key, Lookup> RUNNING = new HashMap<>();
  private static final ThreadPoolExecutor POOL = pool();

  private Lookups() {}

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
   * Returns the addresses of a name; an address is its own, at once.
   *
   * @return completed on a look-up thread; cancel it to give up
   */
  static CompletableFuture<List<InetAddress>> of(Resolver resolver, String name) {
    if (name.indexOf(':') >= 0 || name.matches("[0-9.]+")) {
      return address(name);
    }
    Lookup lookup;
    CompletableFuture<List<InetAddress>> waiter = new CompletableFuture<>();
    synchronized (RUNNING) {
      lookup = RUNNING.get(new Key(resolver, name));
      if (lookup == null) {
        lookup = new Lookup(new Key(resolver, name));
        POOL.execute(lookup);
        RUNNING.put(lookup.key, lookup);
      }
      lookup.waiters++;
    }
    Lookup asked = lookup;
    var unused =
        lookup.found.whenComplete(
            (addresses, failure) -> {
              if (failure == null) {
                waiter.complete(addresses);
              } else {
                waiter.completeExceptionally(failure);
              }
            });
    unused = waiter.whenComplete((addresses, failure) -> asked.leave());
    return waiter;
  }

  private static CompletableFuture<List<InetAddress>> address(String literal) {
    try {
      return CompletableFuture.completedFuture(List.of(InetAddress.getByName(literal)));
    } catch (UnknownHostException none) {
      return CompletableFuture.failedFuture(none);
    }
  }

  /** One look-up, for all its callers. */
  private static final class Lookup implements Runnable {

    private final Key key;
    private final CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private int waiters; // under the lock of RUNNING

    Lookup(Key key) {
      this.key = key;
    }

    void leave() {
      synchronized (RUNNING) {
        waiters--;
        if (waiters == 0 && POOL.remove(this)) {
          RUNNING.remove(key, this);
        }
      }
    }

    @Override
    public void run() {
      Thread.currentThread().setContextClassLoader(loader);
      try {
        List<InetAddress> addresses = List.copyOf(key.resolver.resolve(key.name));
        end();
        found.complete(addresses);
      } catch (IOException | RuntimeException | Error failure) {
        end();
        found.completeExceptionally(failure);
      } finally {
        Thread.currentThread().setContextClassLoader(null);
      }
    }

    private void end() {
      synchronized (RUNNING) {
        RUNNING.remove(key, this);
      }
    }
  }
}
