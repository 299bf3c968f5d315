package parley.testing;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.service.IoHandler;
import org.jspecify.annotations.NullMarked;
import parley.codec.Codec;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** A protocol with filters that a test adds. */
@NullMarked
public record Extended<Q, A>(
    Protocol<Q, A> protocol, BiConsumer<DefaultIoFilterChainBuilder, Side> own)
    implements Protocol<Q, A> {

  @Override
  public String name() {
    return protocol.name();
  }

  @Override
  public List<Setting<?>> settings() {
    return protocol.settings();
  }

  @Override
  public Codec<Q, A> codec(Settings settings) {
    return protocol.codec(settings);
  }

  @Override
  public Codec<A, Q> clientCodec(Settings settings) {
    return protocol.clientCodec(settings);
  }

  @Override
  public IoHandler handler(Settings settings) {
    return protocol.handler(settings);
  }

  @Override
  public Correlation<Q, A> correlation() {
    return protocol.correlation();
  }

  @Override
  public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
    own.accept(chain, side);
  }
}
