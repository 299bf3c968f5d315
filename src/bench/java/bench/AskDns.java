package bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Asks a server on loopback for the address of each name, all at once over one connection, with the
 * client of a stack. Prints the answers in the order of arrival. Arguments: the stack, the port,
 * the names. Exits with 0 if each name got an address.
 */
public final class AskDns {

  private static final String HOST = "127.0.0.1";
  private static final int HEADER_BYTES = 12;

  private AskDns() {}

  public static void main(String[] args) throws Exception {
    AtomicInteger failed = new AtomicInteger();
    Function<byte[], CompletableFuture<byte[]>> client = client(args[0], Integer.parseInt(args[1]));
    List<CompletableFuture<?>> asked = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      String name = args[i];
      byte[] query = query(i, name);
      asked.add(
          client
              .apply(query)
              .thenApply(answer -> address(answer, query.length))
              .exceptionally(
                  failure -> {
                    failed.incrementAndGet();
                    return failure.toString();
                  })
              .thenAccept(shown -> System.out.println(name + " " + shown)));
    }
    CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).join();
    System.exit(failed.get() == 0 ? 0 : 1);
  }

  private static Function<byte[], CompletableFuture<byte[]>> client(String stack, int port)
      throws Exception {
    return switch (stack) {
      case "parley" -> new bench.parley.DnsClient(HOST, port)::ask;
      case "mina" -> new bench.mina.DnsClient(HOST, port)::ask;
      case "netty" -> new bench.netty.DnsClient(HOST, port)::ask;
      case "vertx" -> new bench.vertx.DnsClient(HOST, port)::ask;
      default -> throw new IllegalArgumentException("stack: " + stack);
    };
  }

  /** Returns a query for the A record of a name. */
  private static byte[] query(int id, String name) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + name.length() + 6);
    out.putShort((short) id).putShort(4, (short) 1).position(HEADER_BYTES);
    for (String label : name.split("\\.")) {
      out.put((byte) label.length()).put(label.getBytes(ISO_8859_1));
    }
    return out.put((byte) 0).putShort((short) 1).putShort((short) 1).array();
  }

  /** Returns the address of the first record; its data is after the question and 12 bytes. */
  private static String address(byte[] answer, int questionEnd) {
    int code = answer[3] & 0xf;
    if (code != 0 || answer[7] == 0) {
      throw new IllegalStateException("code " + code + ", answers " + answer[7]);
    }
    byte[] address = Arrays.copyOfRange(answer, questionEnd + 12, questionEnd + 16);
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
