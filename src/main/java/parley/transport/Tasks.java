package parley.transport;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Keeps what an event loop is to run between two turns. Any thread may add. */
final class Tasks {

  private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Tasks.class), Level.ERROR);

  private final Queue<Runnable> all = new ConcurrentLinkedQueue<>();

  void add(Runnable task) {
    all.add(task);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Runs those that there are now, and not what they add; what one throws is logged. */
  void run() {
    for (int left = all.size(); left > 0; left--) {
      Runnable task = all.poll();
      try {
        if (task != null) {
          task.run();
        }
      } catch (Throwable thrown) {
        LOG.log("a task of the event loop failed", thrown);
      }
    }
  }
}
