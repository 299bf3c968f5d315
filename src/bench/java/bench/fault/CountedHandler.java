package bench.fault;

import bench.fault.Counters.Count;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Sessions;
import parley.session.Watermark;

/**
 * A handler that greets each name; one that begins with {@code t} is answered later, from another
 * thread. {@code pN} requests N pushed lines, as many as the session takes: they wait for its
 * watermark. With {@code fN} they do not wait.
 */
final class CountedHandler extends AnswerHandler<String, String> {

  /** The prefix of each pushed line. */
  static final String PUSHED = "pushed ";

  private static final int THREADS = 2;
  private static final int SHARE = 100;

  private final Counters counters;
  private final String banner;
  private final Map<IoSession, Pusher> waiting = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor others =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          CountedHandler::thread);

  CountedHandler(Counters counters, String banner) {
    this.counters = counters;
    this.banner = banner;
    others.prestartAllCoreThreads(); // otherwise they would look like leaked threads
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "pusher");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void sessionOpened(IoSession session) {
    counters.add(Count.OPENED);
    session.write(banner);
  }

  @Override
  public void sessionClosed(IoSession session) {
    counters.add(Count.CLOSED);
    waiting.remove(session);
  }

  @Override
  protected Answer<String> answer(IoSession session, String name) {
    String greeting = "Hello, " + name + "!";
    switch (name.isEmpty() ? ' ' : name.charAt(0)) {
      case 's' -> counters.add(Count.ANSWERED);
      case 't' -> {
        counters.add(Count.ANSWERED);
        return Answer.later(CompletableFuture.supplyAsync(() -> greeting, others));
      }
      case 'p', 'f' -> push(session, name);
      default -> {}
    }
    return Answer.of(greeting);
  }

  private void push(IoSession session, String name) {
    if (name.matches("[pf]\\d{1,6}")) {
      int lines = Integer.parseInt(name.substring(1));
      others.execute(new Pusher(session, lines, name.startsWith("p")));
    }
  }

  @Override
  public void event(IoSession session, FilterEvent event) {
    if (event == Watermark.AT_LOW) {
      goOn(session);
    }
  }

  private void goOn(IoSession session) {
    Pusher pusher = waiting.remove(session);
    if (pusher != null) {
      others.execute(pusher);
    }
  }

  @Override
  protected Answer<String> refusal(IoSession session, FrameException cause) {
    return Answer.of("ERR " + cause.getMessage());
  }

  /** Pushes a share of its lines at a time. */
  private final class Pusher implements Runnable {

    private final IoSession session;
    private final int lines;
    private final boolean waits;
    private int next;

    Pusher(IoSession session, int lines, boolean waits) {
      this.session = session;
      this.lines = lines;
      this.waits = waits;
    }

    @Override
    public void run() {
      for (int left = SHARE; left > 0 && next < lines && !session.isClosing(); left--) {
        if (waits && Sessions.isAboveHigh(session)) {
          waiting.put(session, this);
          if (!Sessions.isAboveHigh(session) || session.isClosing()) {
            goOn(session); // the event came before it waited
          }
          return;
        }
        counters.add(Count.PUSHED);
        session.write(PUSHED + next++).addListener(future -> counters.add(Count.COMPLETED));
      }
      if (next < lines && !session.isClosing()) {
        others.execute(this);
      }
    }
  }
}
