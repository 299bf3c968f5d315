package parley.proving;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.ProtocolDecoder;
import org.apache.mina.filter.codec.ProtocolDecoderOutput;
import org.apache.mina.filter.codec.ProtocolEncoder;
import org.apache.mina.filter.codec.ProtocolEncoderAdapter;
import org.apache.mina.filter.codec.ProtocolEncoderOutput;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.internal.loop.InFlight;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.testing.Pace;

/**
 * Lines ended by CR LF, of at most 8 bytes, are returned in upper case; correct except for one bug.
 */
@NullMarked
record Shout(Bug bug, boolean late) implements Protocol<String, String> {

  static final int MOST = 8;

  @Override
  public String name() {
    return "shout";
  }

  @Override
  public Codec<String, String> codec(Settings settings) {
    return Codec.of(new Lines(bug), String.class);
  }

  @Override
  public Codec<String, String> clientCodec(Settings settings) {
    return codec(settings);
  }

  @Override
  public IoHandler handler(Settings settings) {
    if (bug == Bug.ANSWERS_OVERTAKE) {
      return new Overtaking();
    }
    if (bug == Bug.LATE_ANSWER_LOST) {
      return new Uncounted();
    }
    return late
        ? AnswerHandler.later(
            line -> CompletableFuture.supplyAsync(() -> shout(line), Pace.after(5)))
        : AnswerHandler.of(Shout::shout);
  }

  private static String shout(Object line) {
    return line.toString().toUpperCase(Locale.ROOT);
  }

  /** The codec. */
  record Lines(Bug bug, ProtocolDecoder shared) implements ProtocolCodecFactory {

    Lines(Bug bug) {
      this(bug, new LineDecoder(bug));
    }

    @Override
    public ProtocolDecoder getDecoder(IoSession session) {
      if (bug == Bug.DECODER_SHARED) {
        return shared;
      }
      session.setAttributeIfAbsent("decoder", new LineDecoder(bug));
      return (ProtocolDecoder) session.getAttribute("decoder");
    }

    @Override
    public ProtocolEncoder getEncoder(IoSession session) {
      return new LineEncoder(bug);
    }
  }

  private static final class LineDecoder implements ProtocolDecoder {

    private final Bug bug;
    private String line = "";
    private String text = "";
    private int lastRead;

    LineDecoder(Bug bug) {
      this.bug = bug;
    }

    /** Synchronized: a shared decoder mixes up sessions, but each time in the same way. */
    @Override
    public synchronized void decode(IoSession session, IoBuffer in, ProtocolDecoderOutput out)
        throws FrameException {
      byte[] bytes = new byte[in.remaining()];
      in.get(bytes);
      line += Raw.of(bytes);
      text += new String(bytes, StandardCharsets.UTF_8); // the planted bug
      lastRead = bytes.length;
      int from = bug == Bug.DELIMITER_SPLIT_MISSED ? line.length() - bytes.length : 0;
      for (int end = line.indexOf("\r\n", from); end >= 0; end = line.indexOf("\r\n")) {
        check(end);
        deliver(line.substring(0, end), out);
        line = line.substring(end + 2);
        if (bug == Bug.ONE_LINE_A_READ) {
          return;
        }
      }
      check(line.endsWith("\r") ? line.length() - 1 : line.length());
      if (bug == Bug.TAIL_DROPPED) {
        line = "";
      }
    }

    private void deliver(String raw, ProtocolDecoderOutput out) {
      if (bug == Bug.DECODER_HANGS && raw.isEmpty()) {
        new CompletableFuture<>().join();
      }
      int end = text.indexOf("\r\n");
      out.write(
          bug == Bug.CHARACTERS_CUT
              ? text.substring(0, end)
              : new String(Raw.bytes(raw), StandardCharsets.UTF_8));
      text = end < 0 ? "" : text.substring(end + 2);
    }

    private void check(int length) throws FrameException {
      int most =
          switch (bug) {
            case LIMIT_ONE_TOO_FEW -> MOST - 1;
            case LIMIT_ONE_TOO_MANY -> MOST + 1;
            case NO_LIMIT -> Integer.MAX_VALUE;
            default -> MOST;
          };
      int counted = bug == Bug.LIMIT_FORGETS_EARLIER_READS ? Math.min(length, lastRead) : length;
      if (counted > most) {
        if (bug != Bug.STATE_KEPT_AFTER_AN_ERROR) {
          dispose(null);
        }
        throw new FrameException("line too long: more than " + MOST + " bytes");
      }
    }

    @Override
    public void finishDecode(IoSession session, ProtocolDecoderOutput out) {
      if (bug == Bug.HALF_A_FRAME_DELIVERED && !line.isEmpty()) {
        out.write(line);
      }
      if (bug != Bug.STATE_KEPT_AFTER_THE_END) {
        dispose(session);
      }
    }

    @Override
    public void dispose(@Nullable IoSession session) {
      line = "";
      text = "";
    }
  }

  private static final class LineEncoder extends ProtocolEncoderAdapter {

    private static final IoBuffer REUSED = IoBuffer.allocate(64).setAutoExpand(true);

    private final Bug bug;

    LineEncoder(Bug bug) {
      this.bug = bug;
    }

    @Override
    public void encode(IoSession session, Object message, ProtocolEncoderOutput out) {
      byte[] bytes = (message + "\r\n").getBytes(StandardCharsets.UTF_8);
      boolean reuse = bug == Bug.ENCODER_REUSES_ITS_BUFFER;
      out.write(reuse ? REUSED.clear().put(bytes).flip() : IoBuffer.wrap(bytes));
    }
  }

  /** Longer lines take longer to answer, and nothing waits for the answer. */
  private static final class Overtaking extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object line) {
      InFlight.of(session).enter();
      Executor when = line.toString().length() > 2 ? Pace.after(50) : Runnable::run;
      when.execute(
          () -> {
            session.write(shout(line));
            InFlight.of(session).leave();
          });
    }
  }

  /** Answers on another thread that nothing waits for, late enough for the session to close. */
  private static final class Uncounted extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object line) {
      answer(session, line, 40);
    }

    private static void answer(IoSession session, Object line, int times) {
      Pace.after(5)
          .execute(
              () -> {
                if (times == 0 || session.isClosing()) {
                  session.write(shout(line));
                } else {
                  answer(session, line, times - 1);
                }
              });
    }
  }
}
