package parley.testing;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.NullMarked;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;

/** A protocol with filters that a test adds. */
@NullMarked
public record Extended(Protocol protocol, BiConsumer<DefaultIoFilterChainBuilder, Side> own)
    implements Protocol {

  @Override
  public String name() {
    return protocol.name();
  }

  @Override
  public List<Setting<?>> settings() {
    return protocol.settings();
  }

  @Override
  public ProtocolCodecFactory codec(Settings settings, Side side) {
    return protocol.codec(settings, side);
  }

  @Override
  public IoHandler handler(Settings settings) {
    return protocol.handler(settings);
  }

  @Override
  public Correlation correlation() {
    return protocol.correlation();
  }

  @Override
  public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
    own.accept(chain, side);
  }
}
