package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static parley.testing.Programs.need;
import static parley.testing.Programs.run;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Ports;
import parley.testing.Programs.Result;
import parley.testing.Servers;

/** A client with a ticket of another server sends early data, and is still served. */
class EarlyDataTest {

  private static String certs(String name) throws Exception {
    return Certs.folder().resolve(name).toString();
  }

  /** Returns a ticket of OpenSSL's own server, which accepts early data. */
  private static Path ticket(Path temp) throws Exception {
    Path ticket = temp.resolve("ticket.pem");
    String port = Integer.toString(Ports.free());
    List<String> command =
        List.of(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-early_data",
            "-quiet",
            "-cert",
            certs("server.pem"),
            "-key",
            certs("server.key"));
    Process other =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Await.until(
          "a ticket",
          () -> {
            run(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-tls1_3",
                "-servername",
                "localhost",
                "-sess_out",
                ticket.toString());
            assertThat(other.isAlive()).isTrue();
            return Files.exists(ticket) && Files.size(ticket) > 0;
          });
    } finally {
      other.destroy();
      other.waitFor();
    }
    return ticket;
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 9000})
  void earlyDataForATicketOfAnotherServerIsSkipped(int bytes, @TempDir Path temp) throws Exception {
    need("openssl");
    Path ticket = ticket(temp);
    Path early = Files.writeString(temp.resolve("early"), "x".repeat(bytes));
    try (Server server = Certs.serve(Certs.listener(new GreetingProtocol()))) {
      Result client =
          run(
              Map.of(),
              "Ada\nquit\n",
              temp,
              List.of(
                  "openssl",
                  "s_client",
                  "-connect",
                  Servers.endpoint(server).authority(),
                  "-servername",
                  "localhost",
                  "-ign_eof",
                  "-CAfile",
                  certs("ca.pem"),
                  "-sess_in",
                  ticket.toString(),
                  "-early_data",
                  early.toString()));
      assertThat(client.out())
          .contains("Early data was rejected")
          .contains("Hello, World!\nHello, Ada!\nGoodbye!\n");
    }
  }

  private static ByteBuffer record(int type, int length) {
    return ByteBuffer.allocate(5 + length).put((byte) type).putInt(0x03030000 | length).rewind();
  }

  /** Builds a ClientHello with one cipher suite and some extensions. */
  private static ByteBuffer hello(int... extensions) {
    ByteBuffer hello = record(22, 4 + 2 + 32 + 1 + 4 + 2 + 2 + 5 * extensions.length);
    hello.put(5, (byte) 1);
    hello.position(5 + 4 + 2 + 32).put((byte) 0).putShort((short) 2).putShort((short) 0x1301);
    hello.put((byte) 1).put((byte) 0).putShort((short) (5 * extensions.length));
    for (int each : extensions) {
      hello.putShort((short) each).putShort((short) 1).put((byte) 0);
    }
    return hello.rewind();
  }

  @Test
  void earlyDataIsSkippedOnlyIfItWasOfferedAndUpToALimit() throws Exception {
    EarlyData none = new EarlyData();
    assertThat(none.isIn(hello(10, 43), null)).isFalse();
    assertThat(none.isIn(record(23, 100), null)).isFalse();
    EarlyData early = new EarlyData();
    assertThat(early.isIn(hello(10, 42, 43), null)).isFalse();
    for (int i = 0; i < 4; i++) {
      assertThat(early.isIn(record(23, 16_000), null)).isTrue();
      assertThat(early.isIn(record(20, 1), null)).isFalse();
    }
    assertThatThrownBy(() -> early.isIn(record(23, 16_000), null))
        .isInstanceOf(SSLException.class)
        .hasMessage("more than 65536 bytes of early data");
  }

  /** The engine reports all faults of a ClientHello. */
  @Test
  void theEngineRefusesATruncatedClientHello() throws Exception {
    ByteBuffer hello = hello(10, 43);
    for (int length = 5; length < hello.capacity(); length++) {
      assertThat(new EarlyData().isIn(hello.duplicate().limit(length), null)).isFalse();
    }
  }
}
