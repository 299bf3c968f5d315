package example.resp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.mina.core.service.IoHandler;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/**
 * The Redis wire protocol, RESP2: a few commands over a store in memory, and a client's side for
 * any server that uses it.
 *
 * <p>A client asks with a list of byte arrays, such as {@code
 * client.ask(RespProtocol.request("SET", "key", "value"))}, and gets a {@link Reply}.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">the
 *     specification</a>
 */
public final class RespProtocol implements Protocol<List<byte[]>, Reply> {

  /** The longest key, value or other bulk string that is accepted. */
  public static final Setting<Integer> MAX_ARGUMENT =
      Setting.bytes("max-argument", 64 << 10, 1, 1 << 29);

  /** The largest number of words in a request, and of elements in an array of a reply. */
  public static final Setting<Integer> MAX_ARGUMENTS =
      Setting.integer("max-arguments", 1024, 1, 1 << 20);

  /** The longest request or reply, including everything around its arguments. */
  public static final Setting<Integer> MAX_REQUEST =
      Setting.bytes("max-request", 1 << 20, 64, 1 << 30);

  /** The bound of the store: keys, values, and {@value Store#ENTRY_BYTES} bytes for each key. */
  public static final Setting<Integer> MAX_STORE = Setting.bytes("max-store", 64 << 20, 0, 1 << 30);

  @Override
  public String name() {
    return "resp";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(MAX_ARGUMENT, MAX_ARGUMENTS, MAX_REQUEST, MAX_STORE);
  }

  @Override
  public Codec<List<byte[]>, Reply> codec(Settings settings) {
    Limits limits = limits(settings);
    return new FrameCodecFactory<>(() -> new RequestDecoder(limits), RespEncoder::reply);
  }

  @Override
  public Codec<Reply, List<byte[]>> clientCodec(Settings settings) {
    Limits limits = limits(settings);
    return new FrameCodecFactory<>(() -> new ReplyDecoder(limits), RespEncoder::request);
  }

  private static Limits limits(Settings settings) {
    return new Limits(
        settings.get(MAX_REQUEST), settings.get(MAX_ARGUMENT), settings.get(MAX_ARGUMENTS));
  }

  /** Returns a request of words, which are sent as UTF-8 text. */
  public static List<byte[]> request(Object... words) {
    return Arrays.stream(words)
        .map(word -> word.toString().getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public IoHandler handler(Settings settings) {
    return new RespHandler(new Store(settings.get(MAX_STORE)));
  }
}
