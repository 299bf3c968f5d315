package parley.telemetry;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import parley.endpoint.Association;
import parley.endpoint.Endpoint;
import parley.session.EndReason;

/**
 * The life of one session that has ended.
 *
 * @param id MINA's id of the session, which log lines have too
 * @param service the name of its listener or client
 * @param protocol the name of its protocol
 * @param association its association; after a PROXY header, with the client of the proxy
 * @param peer the socket's remote endpoint; null if it was not known
 * @param uniqueId the connection's id that a proxy sent, as text or in hex; null without one
 * @param tlsVersion the version of TLS, such as {@code TLSv1.3}; null without TLS or if its
 *     handshake did not complete
 * @param tlsCipher the cipher suite of TLS, or null
 * @param readBytes the bytes that were read from its socket
 * @param writtenBytes the bytes that the kernel has taken
 * @param requests the frames that were handed to the handler
 * @param messages the messages that were sent
 * @param duration from the begin of the session to its end
 * @param firstFrame from the begin of the session to its first frame; null if there was none
 * @param longestAnswer the longest time from a request to its answer; null if none was answered by
 *     an AnswerHandler
 * @param reason why it ended
 */
public record SessionRecord(
    long id,
    String service,
    String protocol,
    @Nullable Association association,
    @Nullable Endpoint peer,
    @Nullable String uniqueId,
    @Nullable String tlsVersion,
    @Nullable String tlsCipher,
    long readBytes,
    long writtenBytes,
    long requests,
    long messages,
    Duration duration,
    @Nullable Duration firstFrame,
    @Nullable Duration longestAnswer,
    EndReason reason) {

  /**
   * Returns the record as log lines have it: the keys in their order, without those that have no
   * value. Times are in milliseconds, with a fraction.
   *
   * @return the values by their keys
   */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("service", service);
    fields.put("protocol", protocol);
    fields.put("local", association == null ? null : association.local().authority());
    fields.put("remote", association == null ? null : association.remote().authority());
    fields.put("peer", peer == null ? null : peer.authority());
    fields.put("unique_id", uniqueId);
    fields.put("tls", tlsVersion);
    fields.put("cipher", tlsCipher);
    fields.put("read_bytes", readBytes);
    fields.put("written_bytes", writtenBytes);
    fields.put("requests", requests);
    fields.put("messages", messages);
    fields.put("duration_ms", millis(duration));
    fields.put("first_frame_ms", millis(firstFrame));
    fields.put("longest_answer_ms", millis(longestAnswer));
    fields.put("ended_by", reason.endedBy().label());
    fields.put("reason", reason.label());
    fields.values().removeIf(Objects::isNull);
    return fields;
  }

  private static @Nullable BigDecimal millis(@Nullable Duration time) {
    return time == null
        ? null
        : BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMicros(time.toNanos()), 3);
  }
}
