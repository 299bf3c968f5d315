package bench.shared;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A zone of two names, for DNS messages as bytes (RFC 1035 4.1). {@code www.example} has the
 * address 192.0.2.1. {@code slow.example} has 192.0.2.2 and is answered {@value #SLOW_MILLIS} ms
 * later. Any thread may call it.
 */
public final class DnsAnswers {

  /** The delay of the slow name's answer. */
  public static final int SLOW_MILLIS = 200;

  private static final String SLOW = "slow.example.";
  private static final Map<String, byte[]> ZONE =
      Map.of(
          "www.example.", new byte[] {(byte) 192, 0, 2, 1}, SLOW, new byte[] {(byte) 192, 0, 2, 2});

  private static final int HEADER_BYTES = 12;
  private static final int FORMAT_ERROR = 1;
  private static final int NOT_IMPLEMENTED = 4;
  private static final int REFUSED = 5;
  private static final int OPCODE_AND_RD = 0x7900;
  private static final int ANSWER_BY_AUTHORITY = 0x8400;
  private static final int A = 1;
  private static final int IN = 1;
  private static final int TTL_SECONDS = 60;

  private DnsAnswers() {}

  /**
   * Answers a query with the address, or with no record if the name has none of that type. Any
   * other name gets REFUSED, another kind of request NOTIMP, and an unreadable question FORMERR.
   *
   * @throws IllegalArgumentException if the message is shorter than a header, so that no answer is
   *     possible, or is itself an answer
   */
  public static CompletableFuture<byte[]> answer(byte[] query) {
    if (query.length < HEADER_BYTES || query[2] < 0) {
      return CompletableFuture.failedFuture(new IllegalArgumentException("not a DNS query"));
    }
    ByteBuffer in = ByteBuffer.wrap(query);
    if ((query[2] & 0x78) != 0) {
      return CompletableFuture.completedFuture(error(in, NOT_IMPLEMENTED));
    }
    String name = in.getShort(4) == 1 ? name(in.position(HEADER_BYTES)) : null;
    if (name == null || in.remaining() < 4) {
      return CompletableFuture.completedFuture(error(in, FORMAT_ERROR));
    }
    boolean forAddress = in.getShort() == A & in.getShort() == IN;
    byte[] address = ZONE.get(name);
    byte[] answer =
        answer(in, address == null ? REFUSED : 0, forAddress && address != null ? address : null);
    return name.equals(SLOW)
        ? CompletableFuture.supplyAsync(
            () -> answer, CompletableFuture.delayedExecutor(SLOW_MILLIS, TimeUnit.MILLISECONDS))
        : CompletableFuture.completedFuture(answer);
  }

  /** Reads a name in lower case; returns null if it is malformed. */
  private static String name(ByteBuffer in) {
    StringBuilder name = new StringBuilder();
    while (in.hasRemaining()) {
      int length = in.get() & 0xff;
      if (length == 0) {
        return name.toString().toLowerCase(Locale.ROOT);
      }
      if (length > 63 || length > in.remaining() || name.length() + length > 254) {
        return null;
      }
      byte[] label = new byte[length];
      in.get(label);
      name.append(new String(label, ISO_8859_1)).append('.');
    }
    return null;
  }

  /** Returns an answer with a header only. */
  private static byte[] error(ByteBuffer query, int code) {
    return header(ByteBuffer.allocate(HEADER_BYTES), query, code).array();
  }

  /**
   * Returns an answer with the question, which ends at the position of {@code query}, and an
   * address record if there is one.
   */
  private static byte[] answer(ByteBuffer query, int code, byte[] address) {
    int questionEnd = query.position();
    ByteBuffer out = ByteBuffer.allocate(questionEnd + (address == null ? 0 : 16));
    header(out, query, code).putShort(4, (short) 1);
    out.put(query.array(), HEADER_BYTES, questionEnd - HEADER_BYTES);
    if (address != null) {
      out.putShort(6, (short) 1);
      out.putShort((short) 0xc00c).putShort((short) A).putShort((short) IN); // c00c: that name
      out.putInt(TTL_SECONDS).putShort((short) address.length).put(address);
    }
    return out.array();
  }

  /** Writes the query's id, opcode and RD flag, and no sections yet. */
  private static ByteBuffer header(ByteBuffer out, ByteBuffer query, int code) {
    out.putShort(query.getShort(0));
    out.putShort((short) (query.getShort(2) & OPCODE_AND_RD | ANSWER_BY_AUTHORITY | code));
    return out.position(HEADER_BYTES);
  }
}
