package parley.internal.chain;

import java.time.Duration;
import java.util.List;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.EventLoopGroup;
import parley.internal.loop.PluginContext;
import parley.internal.telemetry.ServiceMeter;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Protocols;
import parley.protocol.Settings;

/**
 * Defines the order of all filters, from the network up. A protocol's own filters come after {@link
 * FilterNames#DRAIN}, or wherever it puts them by these names.
 */
public final class FilterChains {

  private static final List<String> BELOW_OWN =
      List.of(
          FilterNames.CONNECTION,
          FilterNames.PROXY_PROTOCOL,
          FilterNames.TLS,
          FilterNames.CODEC,
          FilterNames.DRAIN);

  private final EventLoopGroup loops;
  private final Duration closeTimeout;
  private final ServiceMeter meter;
  private final Protocol<?, ?> protocol;
  private final Settings settings;
  private final ProtocolCodecFactory codec;

  /**
   * Creates the chains of a listener or a client.
   *
   * @param loops where the sessions run
   * @param closeTimeout how long a closing session waits for the peer's end
   * @param meter counts and logs what happens to the sessions
   * @param protocol the protocol of its sessions
   * @param settings the protocol's settings
   * @param codec the protocol's codec
   */
  public FilterChains(
      EventLoopGroup loops,
      Duration closeTimeout,
      ServiceMeter meter,
      Protocol<?, ?> protocol,
      Settings settings,
      ProtocolCodecFactory codec) {
    this.loops = loops;
    this.closeTimeout = closeTimeout;
    this.meter = meter;
    this.protocol = protocol;
    this.settings = settings;
    this.codec = codec;
  }

  /**
   * Returns a listener's chain: connection, proxy-protocol, tls, codec, drain, the protocol's own,
   * executor, fault.
   *
   * @param proxyProtocol the filter for the PROXY header, or null
   * @param tls the TLS filter, or null
   * @param drain the listener's own drain filter
   * @param handling where the handler runs, or null for the event loops
   * @throws ProtocolException if the protocol's {@code extend} fails, or removes or moves an
   *     existing filter; it may replace one
   */
  public ChainBuilder server(
      @Nullable IoFilter proxyProtocol,
      @Nullable IoFilter tls,
      DrainFilter drain,
      @Nullable HandlerThreads handling) {
    return chain(Protocol.Side.SERVER, proxyProtocol, tls, drain, handling);
  }

  /**
   * Returns a client's chain: connection, tls, codec, the protocol's own, fault.
   *
   * @param tls the TLS filter, or null
   * @throws ProtocolException like {@link #server}
   */
  public ChainBuilder client(@Nullable IoFilter tls) {
    return chain(Protocol.Side.CLIENT, null, tls, null, null);
  }

  private ChainBuilder chain(
      Protocol.Side side,
      @Nullable IoFilter proxyProtocol,
      @Nullable IoFilter tls,
      @Nullable DrainFilter drain,
      @Nullable HandlerThreads handling) {
    return Protocols.part(
        protocol,
        "filters",
        () -> {
          PluginContext context = PluginContext.around(protocol);
          ChainBuilder chain = new ChainBuilder(context);
          chain.addLast(
              FilterNames.CONNECTION, new ConnectionFilter(context, loops, closeTimeout, meter));
          addIf(chain, FilterNames.PROXY_PROTOCOL, proxyProtocol);
          addIf(chain, FilterNames.TLS, tls);
          chain.addLast(FilterNames.CODEC, new FramingFilter(codec));
          addIf(chain, FilterNames.DRAIN, drain);
          extend(chain, side);
          addIf(
              chain,
              FilterNames.EXECUTOR,
              handling == null ? null : new ExecutorFilter(handling, meter.name()));
          chain.addLast(FilterNames.FAULT, new FaultFilter(protocol, codec));
          return chain;
        });
  }

  private static void addIf(
      DefaultIoFilterChainBuilder chain, String filterName, @Nullable IoFilter filter) {
    if (filter != null) {
      chain.addLast(filterName, filter);
    }
  }

  private void extend(DefaultIoFilterChainBuilder chain, Protocol.Side side) {
    List<String> before = names(chain);
    protocol.extend(chain, settings, side);
    List<String> after = names(chain);
    if (!after.stream().filter(BELOW_OWN::contains).toList().equals(before)
        || !after.get(0).equals(FilterNames.CONNECTION)
        || after.contains(FilterNames.FAULT)) {
      throw new IllegalStateException(
          "filters: "
              + after
              + " (expected: "
              + before
              + " in this order, the first one first, no "
              + FilterNames.FAULT
              + ")");
    }
  }

  private static List<String> names(DefaultIoFilterChainBuilder chain) {
    return chain.getAll().stream().map(IoFilterChain.Entry::getName).toList();
  }
}
