package @PACKAGE@;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.SessionAttribute;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** A protocol of lines: {@code reverse TEXT}, {@code count} and {@code quit}. */
public final class @CLASS@ implements Protocol.Symmetric<String> {

  /** The longest line that is accepted, in bytes without its delimiter. */
  public static final Setting<Integer> MAX_LINE = Setting.bytes("max-line", 1024, 64, 1 << 20);

  @Override
  public String name() {
    return "@NAME@";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(MAX_LINE);
  }

  @Override
  public Codec<String, String> codec(Settings settings) {
    return new LineCodecFactory(StandardCharsets.UTF_8, settings.get(MAX_LINE));
  }

  @Override
  public AnswerHandler<String, String> handler(Settings settings) {
    return new Handler();
  }

  /** The handler of all sessions. The state of one session is kept in that session. */
  private static final class Handler extends AnswerHandler<String, String> {

    /** The number of {@code count} requests of each session. */
    private static final SessionAttribute<AtomicInteger> COUNT =
        new SessionAttribute<>(Handler.class, "count", session -> new AtomicInteger());

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      String[] request = line.split(" ", 2);
      String text = request.length > 1 ? request[1] : "";
      return switch (request[0]) {
        case "reverse" -> Answer.of(new StringBuilder(text).reverse().toString());
        case "count" -> Answer.of(COUNT.of(session).incrementAndGet() + "");
        case "quit" -> Answer.last("bye");
        default -> Answer.of("ERR unknown request (expected: reverse TEXT, count or quit)");
      };
    }

    /** Answers bytes that are not a valid line: too long, or not UTF-8. Then the session closes. */
    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR " + cause.getMessage());
    }
  }
}
