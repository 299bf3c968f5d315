package bench.fault;

import java.nio.file.Path;
import java.util.List;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The greeting as a plug-in that counts its work in a mapped file, answers some names later, and
 * pushes lines to clients that request them. See {@link CountedHandler}.
 */
public final class CountedGreeting implements Protocol.Symmetric<String> {

  private static final Setting<String> COUNTER = Setting.text("counter", "");
  private static final Setting<String> BANNER = Setting.text("banner", "Hello, World!");

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(COUNTER, BANNER);
  }

  @Override
  public Codec<String, String> codec(Settings settings) {
    return new LineCodecFactory();
  }

  @Override
  public AnswerHandler<String, String> handler(Settings settings) {
    Counters counters = Counters.map(Path.of(settings.get(COUNTER)));
    return new CountedHandler(counters, settings.get(BANNER));
  }
}
