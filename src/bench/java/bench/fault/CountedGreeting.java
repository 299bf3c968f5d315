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
import java.util.List;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The greeting as a plug-in that counts, in a mapped file that outlives its process, the names that
 * it has answered and that begin with an {@code s}: those of steady clients.
 */
public final class CountedGreeting implements Protocol {

  private static final String COUNTED = "s";
  private static final Setting<String> COUNTER = Setting.text("counter", "");
  private static final Setting<String> BANNER = Setting.text("banner", "Hello, World!");
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(COUNTER, BANNER);
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return new LineCodecFactory();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return new Handler(map(Path.of(settings.get(COUNTER))), settings.get(BANNER));
  }

  private static ByteBuffer map(Path file) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Handler extends AnswerHandler<String> {

    private final ByteBuffer counter;
    private final String banner;

    Handler(ByteBuffer counter, String banner) {
      this.counter = counter;
      this.banner = banner;
    }

    @Override
    public void sessionOpened(IoSession session) {
      session.write(banner);
    }

    @Override
    protected Object answer(IoSession session, String name) {
      if (name.startsWith(COUNTED)) {
        LONG.getAndAdd(counter, 0, 1L);
      }
      return "Hello, " + name + "!";
    }

    @Override
    protected Object refusal(IoSession session, FrameException cause) {
      return "ERR " + cause.getMessage();
    }
  }
}
