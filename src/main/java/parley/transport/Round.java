package parley.transport;

import java.util.ArrayList;
import java.util.List;
import org.apache.mina.transport.socket.nio.NioSession;

/**
 * Writes what the sessions that were ready together have answered, behind the last of their turns:
 * the peers, woken up by one write, find the others' answers too. Earlier where much was read or
 * waits to be written, or for long. Used on the loop's thread only.
 */
final class Round {

  private static final int MUCH_READ = 16 * 1024;
  private static final int MUCH_QUEUED = 64 * 1024;
  private static final long LONG_NANOS = 500_000;

  private final Flusher flusher;
  private final List<NioSession> due = new ArrayList<>();
  private boolean open;
  private int read;
  private long queued;
  private long since;

  Round(Flusher flusher) {
    this.flusher = flusher;
  }

  void begin() {
    open = true;
    since = System.nanoTime();
  }

  /** So many bytes were read. */
  void addRead(int count) {
    read += count;
  }

  /** Takes a session whose turn is over, or returns false between two rounds. */
  boolean takes(NioSession session) {
    if (open) {
      due.add(session);
      queued += session.getScheduledWriteBytes();
    }
    return open;
  }

  /** Between two turns. */
  void writeIfMuch() {
    if (read >= MUCH_READ
        || queued >= MUCH_QUEUED
        || (!due.isEmpty() && System.nanoTime() - since >= LONG_NANOS)) {
      write();
      since = System.nanoTime();
    }
  }

  void end() {
    write();
    open = false;
  }

  /** A share of each; what is left, or comes by that, has to wait for the next round. */
  private void write() {
    for (NioSession session : due) {
      flusher.flush(session);
    }
    due.clear();
    read = 0;
    queued = 0;
  }
}
