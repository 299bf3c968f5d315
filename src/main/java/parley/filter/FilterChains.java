package parley.filter;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import parley.transport.EventLoops;

/**
 * Names all filters and is the only place that orders them, from the network up. A protocol's own
 * come after {@link #DRAIN}, or wherever it puts them by these names.
 */
public final class FilterChains {

  /** Outermost: nothing that is thrown reaches the event loop. */
  public static final String GUARD = "guard";

  /** Closes in two steps, so that the last word arrives. */
  public static final String LINGER = "linger";

  /** The association in the log context. */
  public static final String ASSOCIATION = "association";

  /** Bytes to frames and back. */
  public static final String CODEC = "codec";

  /** What is in flight; half-close; drain. The server's side only. */
  public static final String DRAIN = "drain";

  /** Last: a session ends by its first fault. */
  public static final String FAULT = "fault";

  private FilterChains() {}

  /**
   * Fills a listener's chain: guard, linger, association, codec, drain, the protocol's own, fault.
   *
   * @param chain an empty chain
   * @param loops where the sessions run
   * @param closeTimeout how long a closing session waits for the peer's end
   * @param listener the listener's name, for the log
   * @param codec the protocol's codec
   * @param drain the listener's own drain filter
   * @param own adds the protocol's own filters
   */
  public static void server(
      DefaultIoFilterChainBuilder chain,
      EventLoops loops,
      Duration closeTimeout,
      String listener,
      ProtocolCodecFactory codec,
      DrainFilter drain,
      Consumer<DefaultIoFilterChainBuilder> own) {
    addNetworkSide(chain, loops, closeTimeout, listener, codec);
    chain.addLast(DRAIN, drain);
    own.accept(chain);
    chain.addLast(FAULT, new FaultFilter());
  }

  /** Fills a client's chain: guard, linger, association, codec, the protocol's own, fault. */
  public static void client(
      DefaultIoFilterChainBuilder chain,
      EventLoops loops,
      Duration closeTimeout,
      String protocol,
      ProtocolCodecFactory codec,
      Consumer<DefaultIoFilterChainBuilder> own) {
    addNetworkSide(chain, loops, closeTimeout, protocol, codec);
    own.accept(chain);
    chain.addLast(FAULT, new FaultFilter());
  }

  private static void addNetworkSide(
      DefaultIoFilterChainBuilder chain,
      EventLoops loops,
      Duration closeTimeout,
      String name,
      ProtocolCodecFactory codec) {
    chain.addLast(GUARD, new GuardFilter.Outermost());
    chain.addLast(LINGER, new LingerFilter(loops, closeTimeout));
    chain.addLast(ASSOCIATION, new AssociationFilter(name));
    chain.addLast(CODEC, new CodecFilter(codec));
  }
}
