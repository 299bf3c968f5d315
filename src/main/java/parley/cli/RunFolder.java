package parley.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run folder of a server that {@code start-server.sh --daemon} starts. A lock on {@code
 * server.lock} keeps a second server out; the kernel releases it whenever the process ends. The
 * file names the process, its start time, the folder and the installation, so that stop-server.sh
 * does not mistake another process for the server. {@code server.pid} is for other programs.
 *
 * <p>Without a run folder, all methods do nothing. Any thread may call them.
 */
final class RunFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  private final @Nullable Path folder;

  /** Null before the claim and after the close. */
  private @Nullable FileChannel locked;

  private RunFolder(@Nullable Path folder) {
    this.folder = folder;
  }

  /** Returns the folder that the script passes, or none for a server in the foreground. */
  static RunFolder ofDaemon() {
    String folder = System.getProperty("parley.run");
    return new RunFolder(folder == null ? null : Path.of(folder));
  }

  /**
   * Locks the folder for this process.
   *
   * @return false if another server holds the lock
   * @throws IOException if the folder or a file in it cannot be used
   */
  synchronized boolean claim() throws IOException {
    if (folder == null) {
      return true;
    }
    FileChannel file =
        FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (file.tryLock() == null) {
      file.close();
      return false;
    }
    locked = file;
    long pid = ProcessHandle.current().pid();
    file.truncate(0);
    write(
        "pid=%d\nstarted=%s\nrun=%s\nhome=%s\n"
            .formatted(pid, started(pid), folder, ConfOptions.home()));
    Files.writeString(pidFile(), pid + "\n");
    return true;
  }

  /** Describes the server that holds the lock, from its file. */
  String holder() {
    try {
      return String.join(" ", Files.readAllLines(lockFile())) + " (" + lockFile() + ")";
    } catch (IOException e) {
      return lockFile().toString();
    }
  }

  /** Writes the lines of the listeners, which start-server.sh waits for. */
  synchronized void serving(String listening) {
    try {
      write(listening + "serving\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String lines) throws IOException {
    if (locked != null) {
      ByteBuffer bytes = UTF_8.encode(lines);
      while (bytes.hasRemaining()) {
        locked.write(bytes);
      }
    }
  }

  /** Releases the folder. {@code server.lock} stays: all servers have to lock the same file. */
  @Override
  public synchronized void close() {
    FileChannel file = locked;
    if (file == null) {
      return;
    }
    locked = null;
    try (file) {
      Files.deleteIfExists(pidFile());
      file.truncate(0);
    } catch (IOException e) { // the kernel releases the lock anyway
      LOG.warn("run folder not cleared: folder=\"{}\" cause=\"{}\"", folder, e.toString());
    }
  }

  private Path lockFile() {
    return file("server.lock");
  }

  private Path pidFile() {
    return file("server.pid");
  }

  private Path file(String name) {
    return folder == null ? Path.of(name) : folder.resolve(name);
  }

  /**
   * Returns this process's start time, in the format of {@code started_at} in {@code parley.sh}.
   */
  private static String started(long pid) throws IOException {
    Path stat = Path.of("/proc/self/stat");
    if (Files.isReadable(stat)) {
      String fields = new String(Files.readAllBytes(stat), UTF_8);
      return fields.substring(fields.lastIndexOf(") ") + 2).split(" ", -1)[19];
    }
    ProcessBuilder ps = new ProcessBuilder("ps", "-p", pid + "", "-o", "lstart=");
    ps.environment().put("LC_ALL", "C");
    ps.environment().put("TZ", "UTC");
    return new String(ps.start().getInputStream().readAllBytes(), UTF_8).stripTrailing();
  }
}
