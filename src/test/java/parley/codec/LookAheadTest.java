package parley.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** A decoder may need bytes that it does not take, wherever reads and turns end. */
class LookAheadTest {

  /** Decoders whose frame ends before the last byte that they were given. */
  enum Kind {
    A_LINE_GOES_ON_AFTER_A_SPACE {
      @Override
      @Nullable String read(Decoder decoder, IoBuffer in) {
        StringBuilder line = new StringBuilder();
        while (true) {
          char next = (char) in.get();
          if (next == '\n' && in.get(behindOne(in)) != ' ') {
            return line.toString();
          }
          line.append(next);
        }
      }
    },
    ONLY_LONG_LINES_GO_ON {
      @Override
      @Nullable String read(Decoder decoder, IoBuffer in) {
        StringBuilder line = new StringBuilder();
        while (true) {
          char next = (char) in.get();
          if (next == '\n' && (line.length() == 0 || in.get(behindOne(in)) != ' ')) {
            return line.toString();
          }
          line.append(next);
        }
      }
    },
    TWO_BYTES_AHEAD {
      @Override
      @Nullable String read(Decoder decoder, IoBuffer in) {
        char first = (char) in.get();
        in.get();
        in.get();
        in.position(in.position() - 2);
        return "" + first;
      }
    },
    THE_LAST_STEP_TAKES_NOTHING {
      @Override
      @Nullable String read(Decoder decoder, IoBuffer in) {
        String known = decoder.known;
        decoder.known = known == null ? "" + (char) in.get() : null;
        return known;
      }
    };

    abstract @Nullable String read(Decoder decoder, IoBuffer in);

    /** Returns the position of the next byte, when it has arrived. */
    private static int behindOne(IoBuffer in) {
      in.get();
      in.position(in.position() - 1);
      return in.position();
    }
  }

  private static final class Decoder extends FrameDecoder<String> {
    private final Kind kind;
    private final Semaphore called;
    @Nullable String known;

    Decoder(Kind kind, Semaphore called) {
      super(100);
      this.kind = kind;
      this.called = called;
    }

    @Override
    protected @Nullable String readFrame(IoBuffer in) {
      called.release();
      return kind.read(this, in);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachFrameIsHandledAsSoonAsItIsComplete(Kind kind) throws Exception {
    Semaphore called = new Semaphore(0);
    Codec<String, String> codec =
        new FrameCodecFactory<>(
            () -> new Decoder(kind, called),
            (String frame, IoBuffer out) -> out.put((frame + ";").getBytes(ISO_8859_1)));
    AnswerHandler<String, String> echo =
        AnswerHandler.of((IoSession session, String frame) -> frame);
    byte[] stream = "a\nb\n c\n\n\nd\nef\ng\n\nh".getBytes(ISO_8859_1);
    try (Logs logs = Logs.capture();
        Server server =
            Servers.with(
                Protocol.of("ahead", codec, echo),
                listener -> listener.limit(Limits.FRAMES_PER_TURN, 1))) {
      for (int cut = 1; cut < stream.length; cut++) {
        Decoding whole = new Decoding(codec);
        whole.decode(stream);
        called.drainPermits();
        try (Peer peer = Servers.peer(server)) {
          peer.send(Arrays.copyOf(stream, cut));
          called.acquire(); // the next input is another read
          peer.send(Arrays.copyOfRange(stream, cut, stream.length));
          String all = String.join(";", whole.frames.toArray(String[]::new)) + ";";
          assertThat(new String(peer.bytes(all.length()), ISO_8859_1)).as("%d", cut).isEqualTo(all);
        }
      }
      assertThat(logs.atLeast("WARN")).isEmpty();
    }
  }
}
