package parley.filter;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.jspecify.annotations.Nullable;
import parley.transport.EventLoops;
import parley.transport.PluginContext;

/**
 * Names all filters and is the only place that orders them, from the network up. A protocol's own
 * come after {@link #DRAIN}, or wherever it puts them by these names.
 */
public final class FilterChains {

  /** Outermost: guards the event loop, names the association in the log, lets a close linger. */
  public static final String CONNECTION = "connection";

  /** The header of a trusted proxy, if there are any. The server's side only. */
  public static final String PROXY_PROTOCOL = "proxy-protocol";

  /** TLS, if it is spoken. */
  public static final String TLS = "tls";

  /** Bytes to frames and back. */
  public static final String CODEC = "codec";

  /** Deadlines, half-close, drain. The server's side only. */
  public static final String DRAIN = "drain";

  /** The handler on threads of its own, if it has some. The server's side only. */
  public static final String EXECUTOR = "executor";

  /** Last: a session ends by its first fault. */
  public static final String FAULT = "fault";

  private static final List<String> BELOW_OWN =
      List.of(CONNECTION, PROXY_PROTOCOL, TLS, CODEC, DRAIN);

  private final EventLoops loops;
  private final Duration closeTimeout;
  private final String name;
  private final Owner owner;
  private final Below below;

  /**
   * What a session has below its deadlines, each if not null.
   *
   * @param proxyProtocol reads the header of a proxy
   * @param tls speaks TLS
   */
  public record Below(@Nullable IoFilter proxyProtocol, @Nullable IoFilter tls) {}

  /**
   * The protocol of a chain's sessions, as its filters see it.
   *
   * @param description its name and where it comes from, for the log
   * @param context what its code runs with
   * @param misfit says in a line that a failure comes from its jars, or returns null
   */
  public record Owner(
      String description, PluginContext context, Function<Throwable, @Nullable String> misfit) {}

  /**
   * The chains of a listener or a client.
   *
   * @param loops where the sessions run
   * @param closeTimeout how long a closing session waits for the peer's end
   * @param name the listener's or client's name, for the log context
   * @param owner the protocol of its sessions
   * @param below what else its sessions have below
   */
  public FilterChains(
      EventLoops loops, Duration closeTimeout, String name, Owner owner, Below below) {
    this.loops = loops;
    this.closeTimeout = closeTimeout;
    this.name = name;
    this.owner = owner;
    this.below = below;
  }

  /**
   * Fills a listener's chain: connection, proxy-protocol, tls, codec, drain, the protocol's own,
   * executor, fault.
   *
   * @param chain an empty chain
   * @param codec the protocol's codec
   * @param drain the listener's own drain filter
   * @param own adds the protocol's own filters
   * @param handling where the handler runs, or null for the event loops
   * @throws IllegalStateException if {@code own} removed or moved one that was there; it may put
   *     another filter in the place of one
   */
  public void server(
      DefaultIoFilterChainBuilder chain,
      ProtocolCodecFactory codec,
      DrainFilter drain,
      Consumer<DefaultIoFilterChainBuilder> own,
      @Nullable HandlerThreads handling) {
    addNetworkSide(chain);
    chain.addLast(CODEC, new CodecFilter(codec));
    chain.addLast(DRAIN, drain);
    addOwn(chain, own);
    if (handling != null) {
      chain.addBefore(FAULT, EXECUTOR, new ExecutorFilter(handling, name));
    }
  }

  /**
   * Fills a client's chain: connection, tls, codec, the protocol's own, fault.
   *
   * @param chain an empty chain
   * @param codec the protocol's codec
   * @param own adds the protocol's own filters
   * @throws IllegalStateException if {@code own} removed or moved one that was there; it may put
   *     another filter in the place of one
   */
  public void client(
      DefaultIoFilterChainBuilder chain,
      ProtocolCodecFactory codec,
      Consumer<DefaultIoFilterChainBuilder> own) {
    addNetworkSide(chain);
    chain.addLast(CODEC, new CodecFilter(codec));
    addOwn(chain, own);
  }

  private void addNetworkSide(DefaultIoFilterChainBuilder chain) {
    chain.addLast(CONNECTION, new ConnectionFilter(owner.context(), loops, closeTimeout, name));
    addIf(chain, PROXY_PROTOCOL, below.proxyProtocol);
    addIf(chain, TLS, below.tls);
  }

  private static void addIf(
      DefaultIoFilterChainBuilder chain, String filterName, @Nullable IoFilter filter) {
    if (filter != null) {
      chain.addLast(filterName, filter);
    }
  }

  private void addOwn(
      DefaultIoFilterChainBuilder chain, Consumer<DefaultIoFilterChainBuilder> own) {
    List<String> before = names(chain);
    own.accept(chain);
    List<String> after = names(chain);
    if (!after.stream().filter(BELOW_OWN::contains).toList().equals(before)
        || !after.get(0).equals(CONNECTION)
        || after.contains(FAULT)) {
      throw new IllegalStateException(
          "filters: "
              + after
              + " (expected: "
              + before
              + " in this order, the first one first, no "
              + FAULT
              + ")");
    }
    chain.addLast(FAULT, new FaultFilter(owner));
  }

  private static List<String> names(DefaultIoFilterChainBuilder chain) {
    return chain.getAll().stream().map(IoFilterChain.Entry::getName).toList();
  }
}
