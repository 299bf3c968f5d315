package parley.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import parley.client.Client;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * Whatever an encoder does to its buffer, messages that were encoded before it arrive unchanged.
 */
class EncoderBufferTest {

  /** A misuse of the buffer after an encoder has put an {@code x}. */
  private enum Misuse {
    FLIP((out, kept) -> out.flip()),
    CLEAR((out, kept) -> out.clear()),
    REWIND((out, kept) -> out.rewind()),
    POSITION_0((out, kept) -> out.position(0)),
    MARK_AND_RESET((out, kept) -> out.position(0).mark().put((byte) 'x').reset()),
    RESET((out, kept) -> out.reset()),
    COMPACT((out, kept) -> out.compact()),
    FLIP_AND_COMPACT((out, kept) -> out.flip().compact()),
    LIMIT((out, kept) -> out.limit(out.position())),
    LIMIT_0((out, kept) -> out.limit(0)),
    SHRINK((out, kept) -> out.shrink()),
    SWEEP((out, kept) -> out.sweep()),
    FREE((out, kept) -> out.free()),
    ABSOLUTE((out, kept) -> out.put(0, (byte) 'x')),
    CLEAR_AND_PUT((out, kept) -> out.clear().put((byte) 'x')),
    ARRAY((out, kept) -> Arrays.fill(out.array(), (byte) 'x')),
    KEPT((out, kept) -> kept.forEach(each -> each.clear().put((byte) 'Z').flip()));

    private final BiConsumer<IoBuffer, List<IoBuffer>> does;

    Misuse(BiConsumer<IoBuffer, List<IoBuffer>> does) {
      this.does = does;
    }
  }

  /** The misuses that leave no byte before the position, or throw. */
  private static final Set<Misuse> REFUSED =
      Set.of(
          Misuse.FLIP,
          Misuse.CLEAR,
          Misuse.REWIND,
          Misuse.POSITION_0,
          Misuse.MARK_AND_RESET,
          Misuse.RESET,
          Misuse.LIMIT_0,
          Misuse.SWEEP);

  /** A way of writing messages. */
  private enum Way {
    ANSWERS {
      @Override
      IoHandler handler() {
        return AnswerHandler.<byte[], byte[]>of(frame -> frame);
      }
    },
    WRITES {
      @Override
      IoHandler handler() {
        return new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(frame);
          }
        };
      }
    },
    ANOTHER_THREAD {
      @Override
      IoHandler handler() {
        return new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) throws Exception {
            Thread thread = new Thread(() -> session.write(frame));
            thread.start();
            thread.join(); // after the messages of the turn
          }
        };
      }
    };

    abstract IoHandler handler();
  }

  private static Codec<byte[], byte[]> codec(FrameEncoder<byte[]> encoder) {
    return new FrameCodecFactory<>(
        () ->
            new FrameDecoder<byte[]>(1) {
              @Override
              protected byte[] readFrame(IoBuffer in) {
                return new byte[] {in.get()};
              }
            },
        encoder);
  }

  private static FrameEncoder<byte[]> encoder(Misuse misuse) {
    List<IoBuffer> kept = new ArrayList<>();
    return (frame, out) -> {
      out.put(frame);
      if (frame[0] == 'x') {
        misuse.does.accept(out, kept);
      }
      kept.add(out);
    };
  }

  static Stream<Arguments> misuses() {
    return Stream.of(Misuse.values())
        .flatMap(misuse -> Stream.of(Way.values()).map(way -> Arguments.of(misuse, way)));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void nothingIsLostAlteredOrDuplicated(Misuse misuse, Way way) throws Exception {
    Codec<byte[], byte[]> codec = codec(encoder(misuse));
    try (Logs logs = Logs.capture();
        Server server = Servers.of(Protocol.withHandler("misuse", codec, way.handler()));
        Peer peer = Servers.peer(server)) {
      String all = peer.send("abxc").halfClose().rest();
      if (REFUSED.contains(misuse)) {
        assertThat(all).isEqualTo("ab");
        assertThat(logs.atLeast("ERROR")).singleElement().asString().contains("misuse");
      } else {
        assertThat(all).startsWith("ab").endsWith("c");
        assertThat(all.substring(2, all.length() - 1)).doesNotContain("a", "b", "c", "Z");
        assertThat(logs.atLeast("ERROR")).isEmpty();
      }
    }
  }

  /** A duplicate that keeps a message's bytes never shows those of a later one. */
  @Test
  void aKeptDuplicateStillHoldsTheMessage() throws Exception {
    List<IoBuffer> kept = new ArrayList<>();
    Codec<byte[], byte[]> codec =
        codec(
            (frame, out) -> {
              out.put(frame);
              kept.add(out.duplicate().flip());
            });
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(((byte[]) frame)[0] == 'a' ? frame : kept.get(0));
          }
        };
    try (Server server = Servers.of(Protocol.withHandler("kept", codec, handler));
        Peer peer = Servers.peer(server);
        Peer other = Servers.peer(server)) {
      assertThat(peer.send("a").read()).isEqualTo('a');
      kept.clear();
      assertThat(other.send("aaa").bytes(3)).containsExactly('a', 'a', 'a');
      assertThat(peer.send("x").read()).isEqualTo('a');
    }
  }

  /** A message of any length, and after it the next: buffers are neither cut nor reused. */
  @Test
  void messagesOfAnyLengthArriveWhole() throws Exception {
    Codec<byte[], byte[]> codec =
        codec((frame, out) -> out.put("y".repeat(frame[0]).getBytes(US_ASCII)));
    Decoding decoding = new Decoding(codec);
    for (int length : new int[] {1, 63, 64, 65, 127, 1, 2, 100}) {
      assertThat(decoding.encode(new byte[] {(byte) length}))
          .isEqualTo("y".repeat(length).getBytes(US_ASCII));
    }
  }

  @Test
  void theEncoderIsNamed() throws Exception {
    Protocol<byte[], byte[]> stray =
        Protocol.withHandler("stray", codec((m, out) -> out.put(m).flip()), Way.WRITES.handler());
    String name = "an encoder of " + EncoderBufferTest.class.getName() + " put no bytes";
    try (Logs logs = Logs.capture();
        Server server =
            Servers.of(
                Protocol.withHandler(
                    "echo", codec((m, out) -> out.put(m)), Way.ANSWERS.handler()));
        Client<byte[], byte[]> client = Client.connect(Servers.endpoint(server), stray)) {
      assertThat(client.ask("a".getBytes(US_ASCII)))
          .failsWithin(java.time.Duration.ofMinutes(1))
          .withThrowableThat()
          .withStackTraceContaining(name);
      assertThat(logs.atLeast("ERROR")).isEmpty();
    }
    try (Logs logs = Logs.capture();
        Server server = Servers.of(stray);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("abc").rest()).isEmpty();
      assertThat(logs.atLeast("ERROR")).isNotEmpty();
    }
  }
}
