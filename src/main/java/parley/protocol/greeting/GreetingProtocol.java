package parley.protocol.greeting;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** The greeting: {@code Hello, World!} on accept, and {@code Hello, NAME!} for each line NAME. */
public final class GreetingProtocol implements Protocol.Answering<String, String> {

  /** The placeholder for the name in an answer. */
  static final String NAME = "{name}";

  /** The line that the server sends on accept. */
  public static final Setting<String> BANNER =
      Setting.text("banner", "Hello, World!").check(GreetingProtocol::oneLine);

  /** The answer to a name, with the placeholder {@code {name}}. */
  public static final Setting<String> ANSWER =
      Setting.text("answer", "Hello, {name}!").check(GreetingProtocol::oneLine);

  /** The longest line that the server accepts, in bytes without its delimiter. */
  public static final Setting<Integer> MAX_LINE =
      Setting.bytes("max-line", LineCodecFactory.DEFAULT_MAX_LINE_BYTES, 1, 1 << 20);

  /** The longest line that the client accepts, in bytes without its delimiter. */
  public static final Setting<Integer> MAX_ANSWER =
      Setting.bytes("max-answer", 8 * LineCodecFactory.DEFAULT_MAX_LINE_BYTES, 1, 1 << 24);

  @Override
  public String name() {
    return "greeting";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(BANNER, ANSWER, MAX_LINE, MAX_ANSWER);
  }

  @Override
  public Codec<String, String> codec(Settings settings) {
    return new LineCodecFactory(StandardCharsets.UTF_8, settings.get(MAX_LINE));
  }

  @Override
  public Codec<String, String> clientCodec(Settings settings) {
    return new LineCodecFactory(StandardCharsets.UTF_8, settings.get(MAX_ANSWER));
  }

  @Override
  public AnswerHandler<String, String> handler(Settings settings) {
    return new GreetingHandler(settings.get(BANNER), settings.get(ANSWER));
  }

  @Override
  public Correlation<String, String> correlation() {
    return Correlation.inOrderAfterBanner();
  }

  private static @Nullable String oneLine(String text) {
    boolean one = !text.isEmpty() && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    return one ? null : "one line of text, not empty";
  }
}
