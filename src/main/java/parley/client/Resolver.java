package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * A look-up of the addresses of a name, for example by DNS or in a service registry. Each connect
 * calls it on one of the 32 threads that all clients of the JVM share for look-ups, so it may
 * block. Simultaneous look-ups of one name share one call. A call that has not returned within a
 * connect timeout counts as hung: the next connect calls again, while at most four calls run for
 * one name. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Resolver {

  /**
   * The resolver of the JVM. It caches addresses for the time that the security property {@code
   * networkaddress.cache.ttl} sets, 30 seconds by default.
   */
  Resolver SYSTEM = name -> List.of(InetAddress.getAllByName(name));

  /**
   * Looks up a name.
   *
   * @param name the name
   * @return its addresses of both families, the best first
   * @throws IOException if the name is unknown or cannot be looked up
   */
  List<InetAddress> resolve(String name) throws IOException;
}
