package bench.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Counters in a mapped file, which outlives the process that counts. Any thread may call. */
final class Counters {

  /** The counters. */
  enum Count {
    /** Names of steady clients that were answered, at once or later. */
    ANSWERED,
    /** Lines whose push has begun. */
    PUSHED,
    /** Pushed lines whose future has completed. */
    COMPLETED,
    OPENED,
    CLOSED
  }

  private static final int BYTES = Count.values().length * Long.BYTES;
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer mapped;

  private Counters(ByteBuffer mapped) {
    this.mapped = mapped;
  }

  /** Returns the counters in a file, which is created if it does not exist. */
  static Counters map(Path file) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Counters(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void add(Count what) {
    LONG.getAndAdd(mapped, what.ordinal() * Long.BYTES, 1L);
  }

  long get(Count what) {
    return (long) LONG.getVolatile(mapped, what.ordinal() * Long.BYTES);
  }
}
