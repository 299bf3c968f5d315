package parley.telemetry;

import java.util.Map;
import parley.session.EndReason;

/**
 * The counters of one listener or client since it began. They are read one by one, so two of them
 * may differ by what happens meanwhile; but {@code opened} is always the sum of {@code ended} and
 * {@code open}.
 *
 * @param name the listener's name, or the client's
 * @param protocol the name of its protocol
 * @param opened the sessions that were opened
 * @param ended the sessions that have ended, by reason; each reason has an entry
 * @param rejected the connections that were rejected, by limit; each limit has an entry
 * @param readBytes the bytes that were read from the sockets of sessions, of TLS the encrypted
 *     ones; those of rejected connections are not counted
 * @param writtenBytes the bytes that the kernel has taken, likewise
 * @param requests the frames that were handed to the handler; of a client, those that it received
 * @param requestDurations from the read that completed a request to the kernel's taking its answer,
 *     of requests that an AnswerHandler answered; of a client, from the request to its answer
 * @param connectionDurations of the sessions that have ended
 * @param handshakeDurations of the TLS handshakes that succeeded
 * @param failedHandshakes the TLS handshakes that failed
 */
public record ServiceFigures(
    String name,
    String protocol,
    long opened,
    Map<EndReason, Long> ended,
    Map<Rejection, Long> rejected,
    long readBytes,
    long writtenBytes,
    long requests,
    DurationFigures requestDurations,
    DurationFigures connectionDurations,
    DurationFigures handshakeDurations,
    long failedHandshakes) {

  /** {@return the number of sessions that are open} */
  public long open() {
    return opened - ended.values().stream().mapToLong(Long::longValue).sum();
  }
}
