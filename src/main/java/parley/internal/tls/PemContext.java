package parley.internal.tls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocol.Side;
import parley.protocol.Settings;

/**
 * Provides an SSLContext from PEM files. If a file has changed, all are read again when the next
 * session comes, at most once per second. An invalid file or pair is logged in one line, and the
 * previous context stays in effect. Open sessions keep their context. No caller waits: after the
 * first time, a thread of its own reads the files, which may block on a pipe or a file system that
 * does not respond. Thread-safe.
 */
final class PemContext {

  private static final Logger LOG = LoggerFactory.getLogger(PemContext.class);
  private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

  /** One check of the files. */
  private static final class Look extends CompletableFuture<@Nullable Void> {

    private final long begun = System.nanoTime();
    private final AtomicBoolean stallIsLogged = new AtomicBoolean();

    boolean isRecent() {
      return System.nanoTime() - begun < BETWEEN_LOOKS;
    }
  }

  private final String owner;
  private final PemFiles files;
  private final PemMaterial material;
  private volatile Look look;
  private volatile SSLContext context;
  private List<String> marks; // written by the constructor, then by one check after the other

  /**
   * Reads the files of a block {@code tls}.
   *
   * @param owner the owner of the block, for the log
   * @throws IllegalArgumentException if a file is invalid
   */
  PemContext(String owner, Settings settings, Side side, HandshakeParameters spoken) {
    this.owner = owner;
    files = new PemFiles(settings);
    material = new PemMaterial(owner, files, side, spoken);
    marks = files.marks();
    context = material.read();
    look = new Look(); // the next check is due in a second
    look.complete(null);
  }

  /** Returns the context for new sessions. */
  SSLContext current() {
    return context;
  }

  /**
   * Starts to check whether a file has changed, if that is due.
   *
   * @return completed when {@link #current} is up to date; null if a new session need not wait
   */
  @Nullable CompletableFuture<@Nullable Void> look() {
    Look last = look;
    if (last.isRecent()) {
      return last.isDone() ? null : last;
    }
    if (last.isDone()) {
      return begin(last);
    }
    if (last.stallIsLogged.compareAndSet(false, true)) {
      LOG.warn("TLS files still being read, the previous ones stay in effect: owner=\"{}\"", owner);
    }
    return null;
  }

  private synchronized Look begin(Look last) {
    if (look == last) {
      Look next = new Look();
      Thread thread = new Thread(() -> readChanged(next), "parley-tls-files");
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError noThread) { // the session continues with the previous context
        next.complete(null);
      }
      look = next;
    }
    return look;
  }

  private void readChanged(Look done) {
    try {
      List<String> seen = files.marks();
      if (!seen.equals(marks)) {
        marks = seen; // so that an invalid file is logged once
        context = material.read();
        LOG.info("TLS files changed, new sessions use them: owner=\"{}\"", owner);
      }
    } catch (RuntimeException e) {
      LOG.warn(
          "TLS files not loaded, the previous ones stay in effect: owner=\"{}\" cause=\"{}\"",
          owner,
          e.getMessage());
    } finally {
      done.complete(null);
    }
  }
}
