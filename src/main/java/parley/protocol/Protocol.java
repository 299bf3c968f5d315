package parley.protocol;

import java.util.List;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.filter.codec.ProtocolCodecFactory;

/**
 * Says what a protocol is, in MINA's own types: its codec, what answers, and its own filters. Write
 * one class, name it in {@code META-INF/services/parley.protocol.Protocol}, and give it a block in
 * conf; {@link Protocols} finds it, in the class path and in {@code plugins/}.
 *
 * <p>An instance serves any number of listeners and clients; its methods are called once for each
 * of those, before the first session, on the thread that makes it. What they return is shared by
 * the sessions, so it is thread-safe or keeps its state in the session.
 */
public interface Protocol {

  /** Which end of the connection a codec or a filter is for. */
  enum Side {
    /** It accepted the connection. */
    SERVER,
    /** It made the connection. */
    CLIENT
  }

  /** The name that conf uses: lower-case letters, digits and {@code -}. */
  String name();

  /** The settings it takes; any other key under {@code settings} is refused. None by default. */
  default List<Setting<?>> settings() {
    return List.of();
  }

  /** Bytes to frames and back, for one side. */
  ProtocolCodecFactory codec(Settings settings, Side side);

  /** What answers, on the server's side: one for all sessions of a listener. */
  IoHandler handler(Settings settings);

  /** How a client finds the request that a frame answers; in order by default. */
  default Correlation correlation() {
    return Correlation.IN_ORDER;
  }

  /** Adds its own filters to a chain that is complete but for the last guard. None by default. */
  default void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {}
}
