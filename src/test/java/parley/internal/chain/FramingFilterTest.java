package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.file.DefaultFileRegion;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.CumulativeProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderAdapter;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.codec.Codec;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Codecs that misbehave, over sockets: the effect stays within their session. */
class FramingFilterTest {

  /** SessionFrames are single characters; 'E' encodes in three parts and fails before the third. */
  private static Protocol<String, String> characters(ProtocolDecoder decoder, IoHandler handler) {
    ProtocolEncoder encoder =
        new ProtocolEncoderAdapter() {
          @Override
          public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
            for (int part = 0; part < 3; part++) {
              if (part == 2 && message.equals("E")) {
                throw new AssertionError("half-way");
              }
              out.write(IoBuffer.wrap((message + "" + part).getBytes(StandardCharsets.UTF_8)));
            }
          }
        };
    return characters(decoder, encoder, handler);
  }

  private static Protocol<String, String> characters(
      ProtocolDecoder decoder, ProtocolEncoder encoder, IoHandler handler) {
    return new Protocol<>() {
      @Override
      public String name() {
        return "characters";
      }

      @Override
      public Codec<String, String> codec(Settings settings) {
        return new Codec<>() {
          @Override
          public ProtocolEncoder getEncoder(IoSession session) {
            return encoder;
          }

          @Override
          public ProtocolDecoder getDecoder(IoSession session) {
            return decoder;
          }
        };
      }

      @Override
      public Codec<String, String> clientCodec(Settings settings) {
        return codec(settings);
      }

      @Override
      public IoHandler handler(Settings settings) {
        return handler;
      }
    };
  }

  /** A decoder like those of MINA, which keeps its state in the session. */
  private static final class OneByOne extends CumulativeProtocolDecoder {
    @Override
    protected boolean doDecode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
      if (!in.hasRemaining()) {
        return false;
      }
      out.write(String.valueOf((char) in.get()));
      return true;
    }
  }

  private static Server serve(ProtocolDecoder decoder) throws IOException {
    return Servers.of(
        characters(decoder, AnswerHandler.of((session, frame) -> frame)),
        config -> config.eventLoops(1));
  }

  @Test
  void anEncodersPartsAreOneMessage() throws Exception {
    BlockingQueue<Object> sent = new LinkedBlockingQueue<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(frame);
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            sent.add(message);
          }
        };
    try (Server server = Servers.of(characters(new OneByOne(), handler));
        Peer peer = Servers.peer(server)) {
      peer.send("ab").halfClose();
      assertThat(peer.rest()).isEqualTo("a0a1a2b0b1b2");
      assertThat(sent.take()).isEqualTo("a");
      assertThat(sent.take()).isEqualTo("b");
      assertThat(sent).isEmpty();
    }
  }

  /** A head, a file and a tail, with the messages before and after them, in one read. */
  @Test
  void partsThatAreNotAllBuffersKeepTheirPlaceAndAreOneMessage(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "file");
    BlockingQueue<Object> sent = new LinkedBlockingQueue<>();
    ProtocolEncoder encoder =
        new ProtocolEncoderAdapter() {
          @Override
          public void encode(IoSession session, Object message, ProtocolEncoderOutput out)
              throws IOException {
            out.write(IoBuffer.wrap(("<" + message).getBytes(StandardCharsets.UTF_8)));
            if (message.equals("f")) {
              FileChannel channel = FileChannel.open(file);
              session.getCloseFuture().addListener(closed -> close(channel));
              out.write(new DefaultFileRegion(channel));
            }
            out.write(IoBuffer.wrap(">".getBytes(StandardCharsets.UTF_8)));
          }
        };
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(frame);
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            sent.add(message);
          }
        };
    try (Server server = Servers.of(characters(new OneByOne(), encoder, handler));
        Peer peer = Servers.peer(server)) {
      peer.send("afbffc").halfClose();
      assertThat(peer.rest()).isEqualTo("<a><ffile><b><ffile><ffile><c>");
      assertThat(sent).containsExactly("a", "f", "b", "f", "f", "c");
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theOutputOfAnEncoderThatFailedIsNotSent() throws Exception {
    try (Server server = serve(new OneByOne());
        Peer neighbour = Servers.peer(server)) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("aE").rest()).isEqualTo("a0a1a2");
      }
      neighbour.send("b").halfClose();
      assertThat(neighbour.rest()).isEqualTo("b0b1b2");
    }
  }

  @Test
  void aDecoderIsNotCalledAfterItsErrorAndItsEarlierFramesAreAnswered() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ProtocolDecoder failing =
        new ProtocolDecoderAdapter() {
          @Override
          public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {
            calls.incrementAndGet();
            out.write("a");
            throw new IllegalStateException("of the decoder");
          }
        };
    try (Server server = serve(failing);
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      peer.send("x");
      assertThat(peer.line()).isEqualTo("a0a1a2");
      peer.send("y").halfClose();
      assertThat(peer.rest()).isEmpty();
      assertThat(calls).hasValue(1);
      assertThat(logs.atLeast("WARN")).hasSize(1);
    }
  }

  @Test
  void aDecoderThatTakesNothingIsADefectAndNotAnEndlessLoop() throws Exception {
    try (Server server =
            serve(
                new ProtocolDecoderAdapter() {
                  @Override
                  public void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out) {}
                });
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("x").rest()).isEmpty();
      assertThat(logs.atLeast("ERROR")).hasSize(1);
    }
  }

  @Test
  void aPartThatCannotBeWrittenEndsTheSessionAtOnce() throws Exception {
    ProtocolEncoder bad =
        new ProtocolEncoderAdapter() {
          @Override
          public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
            out.write("not a buffer");
            out.write(IoBuffer.wrap(new byte[] {1}));
          }
        };
    try (Server server =
            Servers.of(
                characters(new OneByOne(), bad, AnswerHandler.of((session, frame) -> frame)),
                config -> config.eventLoops(1).closeTimeout(Duration.ofHours(1)));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a").rest()).isEmpty(); // long before the hour is over
      assertThat(logs.atLeast("ERROR")).hasSize(1);
    }
  }
}
