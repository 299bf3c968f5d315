package parley.internal.accept;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.endpoint.Endpoint;
import parley.internal.telemetry.RareLog;
import parley.internal.telemetry.ServiceMeter;
import parley.telemetry.Rejection;

/**
 * Refuses connections beyond a limit: sends the protocol's refusal, drops the input, and closes.
 * The kernel takes the few bytes of a refusal at once. A client that keeps sending may get a reset
 * before it has read them.
 */
public final class Refusal {

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);
  private static final int MOST_DROPPED = 64 * 1024;

  private final ServiceMeter meter;
  private final Admission.Bounds bounds;
  private final Map<Rejection, byte[]> lastMessages;
  private final RareLog log = new RareLog(LOG, Level.INFO);
  private final ByteBuffer dropped = ByteBuffer.allocate(4096);

  /**
   * Creates the refusal of a listener.
   *
   * @param lastMessage returns the bytes for a connection beyond a limit, from the limit's text
   */
  public Refusal(
      ServiceMeter meter, Admission.Bounds bounds, Function<String, byte[]> lastMessage) {
    this.meter = meter;
    this.bounds = bounds;
    this.lastMessages = new EnumMap<>(Rejection.class);
    for (Rejection limit : Rejection.values()) {
      lastMessages.put(limit, lastMessage.apply(bounds.text(limit)));
    }
  }

  /**
   * Logs and counts that a client is beyond a limit, and returns the bytes for it. Any thread may
   * call this.
   *
   * @param name the client, for the log
   * @param peer its endpoint, if that is known
   */
  byte[] lastMessage(Object name, @Nullable Endpoint peer, Rejection limit) {
    meter.rejected(peer, limit);
    log.log(
        "connection refused: peer=%s listener=%s cause=\"%s\""
            .formatted(name, meter.name(), bounds.text(limit)));
    return lastMessages.getOrDefault(limit, new byte[0]); // there is an entry for each limit
  }

  private static @Nullable Endpoint peer(SocketChannel accepted) {
    return accepted.socket().getRemoteSocketAddress() instanceof InetSocketAddress address
        ? Endpoint.of(address)
        : null;
  }

  /** Refuses an accepted connection that no loop has yet. Called on the acceptor's thread. */
  void refuse(SocketChannel accepted, Rejection limit) {
    try (SocketChannel channel = accepted) {
      Endpoint peer = peer(accepted);
      byte[] lastMessage = lastMessage(peer == null ? "unknown" : peer.authority(), peer, limit);
      channel.configureBlocking(false);
      channel.write(ByteBuffer.wrap(lastMessage));
      channel.shutdownOutput();
      int all = 0;
      for (int count = 1; count > 0 && all < MOST_DROPPED; all += count) {
        count = channel.read(dropped.clear());
      }
    } catch (IOException gone) {
      LOG.debug("refused connection lost: cause=\"{}\"", gone.toString());
    }
  }
}
