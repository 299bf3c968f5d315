package parley.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.internal.telemetry.RareLog;

/** The tasks that an event loop runs between two turns. Any thread may add one. */
final class Tasks {

  private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Tasks.class), Level.ERROR);

  private record Task(Runnable code, PluginContext context) {}

  private final Queue<Task> all = new ConcurrentLinkedQueue<>();

  /** Adds a task, which runs with the caller's context. */
  void add(Runnable task) {
    all.add(new Task(task, PluginContext.current()));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Runs the current tasks, but not the ones that they add; logs their exceptions. */
  void run() {
    for (int left = all.size(); left > 0; left--) {
      Task task = all.poll();
      try {
        if (task != null) {
          task.context.run(task.code);
        }
      } catch (Throwable thrown) {
        LOG.log("event loop task failed", thrown);
      }
    }
  }
}
