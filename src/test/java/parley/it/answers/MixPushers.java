package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.NullMarked;
import parley.protocol.Sessions;
import parley.session.Watermark;
import parley.testing.Await;

/**
 * Pushes lines to sessions from other threads while requests arrive, and tracks the result of each
 * push. The client has exactly the lines that were written, in the order of each pusher.
 */
@NullMarked
final class MixPushers implements AutoCloseable {

  private static final String PUSH = "push ";
  private static final int MOST_AT_ONCE = 20;

  private final int each; // per session
  private final int lines; // per pusher
  private final boolean byWatermark;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          2,
          2,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new ThreadPoolExecutor.DiscardPolicy()); // after it is closed
  private final Map<Integer, List<Pusher>> byClient = new ConcurrentHashMap<>();
  private final Map<IoSession, Queue<Watermark>> events = new ConcurrentHashMap<>();

  private MixPushers(int each, int lines, boolean byWatermark) {
    this.each = each;
    this.lines = lines;
    this.byWatermark = byWatermark;
  }

  static MixPushers any(Random random) {
    boolean byWatermark = random.nextBoolean();
    int lines = 1 + random.nextInt(byWatermark ? 1500 : 300);
    return new MixPushers(random.nextInt(4), lines, byWatermark);
  }

  static List<String> answersIn(List<String> got) {
    return got.stream().filter(line -> !line.startsWith(PUSH)).toList();
  }

  /** Returns the number of lines pushed to a client whose session lasts long enough. */
  int count() {
    return each * lines;
  }

  /** Begins to push to the session of a client; called with its first line. */
  void begin(IoSession session, int client) {
    List<Pusher> pushers = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      pushers.add(new Pusher(session, PUSH + client + " " + i + " "));
    }
    byClient.put(client, pushers);
    pushers.forEach(threads::execute);
  }

  /** Called by the handler's {@code event}. */
  void event(IoSession session, FilterEvent event) {
    if (event instanceof Watermark watermark) {
      events.computeIfAbsent(session, any -> new ConcurrentLinkedQueue<>()).add(watermark);
    }
    if (event == Watermark.AT_LOW) {
      byClient.values().stream()
          .flatMap(Collection::stream)
          .filter(pusher -> pusher.session == session)
          .forEach(Pusher::goOn);
    }
  }

  /** Checks the lines of a client that has read everything. */
  void check(String of, int client, List<String> got) throws Exception {
    List<String> written = new ArrayList<>();
    for (Pusher pusher : byClient.getOrDefault(client, List.of())) {
      List<String> its = pusher.written(of);
      assertThat(got.stream().filter(line -> line.startsWith(pusher.name)).toList())
          .as(of + ": pushed, and written by its future")
          .isEqualTo(its);
      written.addAll(its);
    }
    assertThat(got.stream().filter(line -> line.startsWith(PUSH)).toList())
        .as(of + ": pushed")
        .hasSameSizeAs(written);
  }

  /** Checks the property of all sessions, even after a reset: each write completes. */
  void checkAll(String of) throws Exception {
    for (List<Pusher> pushers : byClient.values()) {
      for (Pusher pusher : pushers) {
        pusher.written(of);
      }
    }
    for (Queue<Watermark> each : events.values()) {
      List<Watermark> its = List.copyOf(each);
      for (int i = 0; i < its.size(); i++) {
        assertThat(its.get(i)).as(of + ": " + its).isEqualTo(Watermark.values()[i % 2]);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  @Override
  public String toString() {
    return "pushers=%d*%d byWatermark=%s".formatted(each, lines, byWatermark);
  }

  /** Pushes some lines at a time, and waits above the high watermark if configured. */
  private final class Pusher implements Runnable {

    private final IoSession session;
    private final String name;
    private final List<WriteFuture> futures = new ArrayList<>(); // under the lock
    private final AtomicBoolean waits = new AtomicBoolean();

    Pusher(IoSession session, String name) {
      this.session = session;
      this.name = name;
    }

    private String line(int number) {
      return name + number + " " + "z".repeat(number % 50);
    }

    @Override
    public void run() {
      if (push()) {
        threads.execute(this);
      }
    }

    /** Returns whether it must be called again. */
    private synchronized boolean push() {
      for (int i = 0; i < MOST_AT_ONCE && futures.size() < lines; i++) {
        if (byWatermark && isAbove()) {
          return false;
        }
        futures.add(session.write(line(futures.size())));
      }
      return futures.size() < lines;
    }

    /** Returns whether it must wait; the event for the low watermark then resumes it. */
    private boolean isAbove() {
      if (!Sessions.isAboveHigh(session)) {
        return false;
      }
      waits.set(true); // then checks again, because the event may have come before
      return Sessions.isAboveHigh(session) || !waits.compareAndSet(true, false);
    }

    void goOn() {
      if (waits.compareAndSet(true, false)) {
        threads.execute(this);
      }
    }

    /** Returns the lines whose futures report that they were written; the session is over. */
    synchronized List<String> written(String of) throws Exception {
      List<String> written = new ArrayList<>();
      for (int i = 0; i < futures.size(); i++) {
        Await.until(of + ": the future of " + line(i), futures.get(i)::isDone);
        if (futures.get(i).isWritten()) {
          written.add(line(i));
        }
      }
      return written;
    }
  }
}
