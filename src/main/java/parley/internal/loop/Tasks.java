package parley.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Keeps what an event loop is to run between two turns. Any thread may add. */
final class Tasks {

  private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Tasks.class), Level.ERROR);

  private record Task(Runnable code, PluginContext context) {}

  private final Queue<Task> all = new ConcurrentLinkedQueue<>();

  /** Adds one, which runs with the context that the caller has. */
  void add(Runnable task) {
    all.add(new Task(task, PluginContext.current()));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Runs those that there are now, and not what they add; what one throws is logged. */
  void run() {
    for (int left = all.size(); left > 0; left--) {
      Task task = all.poll();
      try {
        if (task != null) {
          task.context.run(task.code);
        }
      } catch (Throwable thrown) {
        LOG.log("a task of the event loop failed", thrown);
      }
    }
  }
}
