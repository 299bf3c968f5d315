package parley.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes once, to a pipe of its own. At a process's first write, the JDK takes a descriptor for
 * good, in a class initializer. If none is left by then, nothing can ever be written again (JDK 17,
 * {@code sun.nio.ch.FileDispatcherImpl}).
 */
final class FirstWrite {

  private static final Logger LOG = LoggerFactory.getLogger(FirstWrite.class);

  private FirstWrite() {}

  /** Writes once, before there are sockets to write to. */
  static void happen() {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SinkChannel sink = pipe.sink();
          Pipe.SourceChannel source = pipe.source()) {
        sink.write(ByteBuffer.allocate(1));
        source.read(ByteBuffer.allocate(1));
      }
    } catch (IOException e) {
      LOG.debug("first write failed: cause=\"{}\"", e.toString());
    }
  }
}
