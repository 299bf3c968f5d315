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

/** Counts in a mapped file, which outlives the process that counts. Any thread may call. */
final class Counters {

  /** What is counted. */
  enum Count {
    /** Names of steady clients that are answered, at once or later. */
    ANSWERED,
    /** Lines whose push has begun. */
    PUSHED,
    /** Those of them whose future is completed. */
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

  /** Those in a file, which is made if it is not there. */
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
