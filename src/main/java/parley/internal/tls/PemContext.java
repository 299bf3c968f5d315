package parley.internal.tls;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import parley.protocol.Protocol.Side;
import parley.protocol.Settings;

/**
 * Gives an SSLContext that is read from PEM files. Where a file has changed since, they are read
 * again, at most once per second and when the next session comes: a bad file or pair is logged in
 * one line, and what was there stays in force. Open sessions keep what they have. No caller waits:
 * after the first time, files are read by a thread of their own, which a pipe or a file system that
 * does not answer may block.
 */
final class PemContext implements TlsContext.Source {

  private static final Logger LOG = LoggerFactory.getLogger(PemContext.class);
  private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(1);

  private final String owner;
  private final PemFiles files;
  private final PemMaterial material;
  private volatile SSLContext context;
  private List<String> marks; // of the constructor, then of one look after the other
  private CompletableFuture<@Nullable Void> look = CompletableFuture.completedFuture(null);
  private long looked; // when it began
  private boolean stallIsLogged;

  /**
   * Reads the files of a block {@code tls}.
   *
   * @param owner whose block it is, for the log
   * @throws IllegalArgumentException if one is not what it should be
   */
  PemContext(String owner, Settings settings, Side side, HandshakeParameters spoken) {
    this.owner = owner;
    files = new PemFiles(settings);
    material = new PemMaterial(owner, settings, side, spoken);
    marks = files.marks();
    context = material.read();
    looked = System.nanoTime();
  }

  @Override
  public SSLContext current() {
    return context;
  }

  @Override
  public @Nullable CompletableFuture<@Nullable Void> look() {
    boolean stalls;
    CompletableFuture<@Nullable Void> due = null;
    synchronized (this) {
      long now = System.nanoTime();
      boolean isRecent = now - looked < BETWEEN_LOOKS;
      boolean isAtIt = !look.isDone();
      stalls = isAtIt && !isRecent && !stallIsLogged;
      stallIsLogged |= stalls;
      if (isAtIt && isRecent) {
        due = look;
      } else if (!isAtIt && !isRecent) {
        due = begin(now);
      }
    }
    if (stalls) {
      LOG.warn("{}: tls: its files are still being read; what was there stays in force", owner);
    }
    return due;
  }

  private CompletableFuture<@Nullable Void> begin(long now) {
    CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
    Thread thread = new Thread(() -> readChanged(begun), "parley-tls-files");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError noThread) { // the session goes on with what there was
      begun.complete(null);
    }
    looked = now;
    stallIsLogged = false;
    look = begun;
    return begun;
  }

  private void readChanged(CompletableFuture<@Nullable Void> done) {
    try {
      List<String> seen = files.marks();
      if (!seen.equals(marks)) {
        marks = seen; // so that a bad one is logged once
        context = material.read();
        LOG.info("{}: tls: files have changed: new sessions have what is in them now", owner);
      }
    } catch (RuntimeException e) {
      LOG.warn("{}: {}; what was there stays in force", owner, e.getMessage());
    } finally {
      done.complete(null);
    }
  }
}
