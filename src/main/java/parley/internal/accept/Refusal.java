package parley.internal.accept;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import parley.endpoint.Endpoint;
import parley.internal.loop.RareLog;

/**
 * Refuses connections beyond a limit: sends the protocol's refusal, drops the input, and closes.
 * The kernel takes the few bytes of a refusal at once. A client that keeps sending may get a reset
 * before it has read them.
 */
public final class Refusal {

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);
  private static final int MOST_DROPPED = 64 * 1024;

  private final String listener;
  private final Admission.Bounds bounds;
  private final Map<Admission.Limit, byte[]> lastMessages;
  private final RareLog log = new RareLog(LOG, Level.INFO);
  private final ByteBuffer dropped = ByteBuffer.allocate(4096);

  /**
   * Creates the refusal of a listener.
   *
   * @param lastMessage returns the bytes for a connection beyond a limit, from the limit's text
   */
  public Refusal(String listener, Admission.Bounds bounds, Function<String, byte[]> lastMessage) {
    this.listener = listener;
    this.bounds = bounds;
    this.lastMessages = new EnumMap<>(Admission.Limit.class);
    for (Admission.Limit limit : Admission.Limit.values()) {
      lastMessages.put(limit, lastMessage.apply(bounds.text(limit)));
    }
  }

  /**
   * Logs that a client is beyond a limit, and returns the bytes for it. Any thread may call this.
   */
  byte[] lastMessage(Object who, Admission.Limit limit) {
    log.log(
        "connection refused: peer=%s listener=%s cause=\"%s\""
            .formatted(who, listener, bounds.text(limit)));
    return lastMessages.getOrDefault(limit, new byte[0]); // there is an entry for each limit
  }

  private static Object who(SocketChannel accepted) {
    return accepted.socket().getRemoteSocketAddress() instanceof InetSocketAddress address
        ? Endpoint.of(address).authority()
        : "unknown";
  }

  /** Refuses an accepted connection that no loop has yet. Called on the acceptor's thread. */
  void refuse(SocketChannel accepted, Admission.Limit limit) {
    byte[] lastMessage = lastMessage(who(accepted), limit);
    try (SocketChannel channel = accepted) {
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
