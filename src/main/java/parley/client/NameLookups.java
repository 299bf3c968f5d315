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
import parley.transport.PluginContext;

/**
 * Looks names up for all clients of this JVM, on at most {@value #THREADS} threads. A hanging
 * look-up cannot be interrupted, and keeps its thread until it ends. So all callers that want the
 * same name share one look-up; but a caller starts another one if the latest has run for longer
 * than the caller would wait, up to {@value #MOST_OF_A_NAME} of a name. The first to end serves all
 * callers. A queued look-up is dropped when the last caller gives up. Any thread may call.
 */
final class NameLookups {

  /** Look-ups that can run at a time. */
  static final int THREADS = 32;

  /** Of these, look-ups of one name, of which all but the last have hung. */
  static final int MOST_OF_A_NAME = 4;

  private static final Map<Key, Name> NAMES = new HashMap<>();
  private static final ThreadPoolExecutor POOL = pool();

  private NameLookups() {}

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
   * Looks up the addresses of a name; an address is its own, at once.
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
    Name known;
    synchronized (NAMES) {
      known = NAMES.computeIfAbsent(new Key(resolver, name), Name::new);
      waiter.lookup = known.latest(patience);
      known.waiters.add(waiter);
    }
    var unused =
        waiter.whenComplete(
            (addresses, failure) -> {
              synchronized (NAMES) {
                known.left(waiter);
              }
            });
    return waiter;
  }

  /** A caller that waits for addresses. */
  static final class Waiter extends CompletableFuture<List<InetAddress>> {

    private @Nullable Lookup lookup;

    /** Whether a thread was free for the look-up. */
    boolean hasBegun() {
      synchronized (NAMES) {
        return lookup == null || lookup.isRunning;
      }
    }
  }

  /** The look-ups of a name and their callers; guarded by the lock of NAMES. */
  private static final class Name {

    private final Key key;
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Lookup> lookups = new ArrayList<>(); // the latest is the last

    Name(Key key) {
      this.key = key;
    }

    /** The latest look-up; begins one unless the caller can share it. */
    Lookup latest(Duration patience) {
      Lookup latest = lookups.isEmpty() ? null : lookups.get(lookups.size() - 1);
      if (latest != null && (lookups.size() == MOST_OF_A_NAME || !latest.hasRunFor(patience))) {
        return latest;
      }
      Lookup next = new Lookup(this);
      POOL.execute(next);
      lookups.add(next);
      return next;
    }

    /** A caller waits no more. Queued look-ups that nobody waits for are dropped. */
    void left(Waiter waiter) {
      waiters.remove(waiter);
      if (waiters.isEmpty()) {
        lookups.removeIf(POOL::remove);
        dropIfUnused();
      }
    }

    /** A look-up has ended; returns its callers. */
    List<Waiter> ended(Lookup lookup) {
      lookups.remove(lookup);
      List<Waiter> served = List.copyOf(waiters);
      waiters.clear();
      dropIfUnused();
      return served;
    }

    private void dropIfUnused() {
      if (lookups.isEmpty()) {
        NAMES.remove(key, this);
      }
    }
  }

  /** One look-up, in the context of the caller that has begun it. */
  private static final class Lookup implements Runnable {

    private final Name name;
    private final PluginContext context = PluginContext.current();
    private boolean isRunning; // under the lock of NAMES, as the next one
    private long begun;

    Lookup(Name name) {
      this.name = name;
    }

    boolean hasRunFor(Duration time) {
      return isRunning && System.nanoTime() - begun >= time.toNanos();
    }

    @Override
    public void run() {
      synchronized (NAMES) {
        isRunning = true;
        begun = System.nanoTime();
      }
      context.run(this::resolve);
    }

    private void resolve() {
      try {
        List<InetAddress> addresses = List.copyOf(name.key.resolver.resolve(name.key.name));
        end().forEach(waiter -> waiter.complete(addresses));
      } catch (IOException | RuntimeException | Error failure) {
        end().forEach(waiter -> waiter.completeExceptionally(failure));
      }
    }

    private List<Waiter> end() {
      synchronized (NAMES) {
        return name.ended(this);
      }
    }
  }
}
