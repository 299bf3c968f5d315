package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Peer;
import parley.testing.Servers;

/** docs/greeting-protocol.md, over sockets. */
@Tag("smoke")
class GreetingTest {

  private static final String REQUESTS = "Ada\n\nGrüße, 世界\nLin\nquit\n";
  private static final String ANSWERS =
      "Hello, World!\nHello, Ada!\nHello, World!\nHello, Grüße, 世界!\nHello, Lin!\nGoodbye!\n";

  private Server server;

  @BeforeEach
  void start() throws IOException {
    server = Servers.greeting();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  static Stream<String> delimiters() {
    return Stream.of("\n", "\r\n");
  }

  @ParameterizedTest
  @MethodSource("delimiters")
  void theAnswersAreTheSameWhereverTheRequestIsCut(String delimiter) throws IOException {
    byte[] requests = REQUESTS.replace("\n", delimiter).getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= requests.length; cut++) {
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.line()).isEqualTo("Hello, World!");
        peer.send(Arrays.copyOf(requests, cut));
        // The second part is sent after the whole lines of the first part are answered and so were
        // read. LineCodecTest cuts inside lines.
        String first = new String(requests, 0, cut, StandardCharsets.ISO_8859_1);
        StringBuilder answers = new StringBuilder("Hello, World!\n");
        for (long lines = first.chars().filter(c -> c == '\n').count(); lines > 0; lines--) {
          answers.append(peer.line()).append('\n');
        }
        peer.send(Arrays.copyOfRange(requests, cut, requests.length));
        assertThat(answers + peer.rest()).as("cut at %d", cut).isEqualTo(ANSWERS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("delimiters")
  void theAnswersAreTheSameByteByByte(String delimiter) throws IOException {
    try (Peer peer = Servers.peer(server)) {
      for (byte each : REQUESTS.replace("\n", delimiter).getBytes(StandardCharsets.UTF_8)) {
        peer.send(new byte[] {each});
      }
      assertThat(peer.rest()).isEqualTo(ANSWERS);
    }
  }

  /** Requests, and their answers to the end of stream. */
  static Stream<Arguments> endings() {
    return Stream.of(
        Arguments.of("Ada\nLin", "Hello, Ada!\nHello, Lin!\n"),
        Arguments.of("Ada\r\nLin\r", "Hello, Ada!\nHello, Lin!\n"),
        Arguments.of("Ada\nquit", "Hello, Ada!\nGoodbye!\n"),
        Arguments.of(
            "Ada\n" + "x".repeat(1025) + "\nLin\n",
            "Hello, Ada!\nERR line too long: more than 1024 bytes\n"));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void theEndIsTheSameWhereverTheRequestIsCut(String requests, String answers) throws IOException {
    for (int cut = 0; cut <= requests.length(); cut += requests.length() > 100 ? 7 : 1) {
      try (Peer peer = Servers.peer(server)) {
        peer.line();
        peer.send(requests.substring(0, cut)).send(requests.substring(cut)).halfClose();
        assertThat(peer.rest()).as("cut at %d", cut).isEqualTo(answers);
      }
    }
  }

  @Test
  void nothingAfterQuitIsAnswered() throws IOException {
    try (Peer peer = Servers.peer(server)) {
      peer.send("quit\nAda\n" + "x\n".repeat(30_000));
      assertThat(peer.rest()).isEqualTo("Hello, World!\nGoodbye!\n");
    }
  }

  @Test
  void anUnterminatedLastLineIsAnswered() throws IOException {
    try (Peer peer = Servers.peer(server)) {
      peer.send("Ada\nLin").halfClose();
      assertThat(peer.rest()).isEqualTo("Hello, World!\nHello, Ada!\nHello, Lin!\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void aLineAtTheLimitIsAnsweredAndOneMoreByteIsNot(String delimiter) throws IOException {
    String longest = "ä".repeat(512);
    try (Peer peer = Servers.peer(server)) {
      peer.line();
      peer.send(longest + delimiter);
      assertThat(peer.line()).isEqualTo("Hello, " + longest + "!");
      peer.send("x" + longest + delimiter);
      assertThat(peer.rest()).isEqualTo("ERR line too long: more than 1024 bytes\n");
    }
  }

  @Test
  void aLineTooLongIsRefusedBeforeItsEndAndTheErrorArrives() throws IOException {
    try (Peer peer = Servers.peer(server)) {
      peer.send("Ada\n" + "x".repeat(1025));
      assertThat(peer.line()).isEqualTo("Hello, World!");
      assertThat(peer.line()).isEqualTo("Hello, Ada!");
      assertThat(peer.line()).isEqualTo("ERR line too long: more than 1024 bytes");
    }
    for (int i = 0; i < 20; i++) {
      try (Peer peer = Servers.peer(server)) {
        peer.send("x".repeat(1_000_000)); // a reset because of this must not destroy the line
        assertThat(peer.rest())
            .isEqualTo("Hello, World!\nERR line too long: more than 1024 bytes\n");
      }
    }
  }

  @Test
  void invalidUtf8IsRefusedAtOnceAndTheRestIsIgnored() throws IOException {
    try (Peer peer = Servers.peer(server)) {
      peer.send("Ada\n").send(new byte[] {'a', (byte) 0xFF, '\n'}).send("Lin\nBob\n");
      assertThat(peer.rest()).isEqualTo("Hello, World!\nHello, Ada!\nERR line is not UTF-8\n");
    }
    try (Peer peer = Servers.peer(server)) {
      peer.send("\uFFFD\n").halfClose();
      assertThat(peer.rest()).endsWith("Hello, \uFFFD!\n");
    }
  }

  @Test
  void aCarriageReturnInsideALineIsRefused() throws IOException {
    try (Peer peer = Servers.peer(server)) {
      peer.send("A\rB\n");
      assertThat(peer.rest()).contains("ERR carriage return inside a line");
    }
  }

  @Test
  void bannerAndAnswerAreSettings() throws IOException {
    ListenerConfig listener =
        ListenerConfig.builder("de", Servers.FREE, new GreetingProtocol())
            .set(GreetingProtocol.BANNER, "Hallo!")
            .set(GreetingProtocol.ANSWER, "Guten Tag, {name}.")
            .set(GreetingProtocol.MAX_LINE, 5)
            .build();
    try (Server other = new Server(ServerConfig.builder().listener(listener).build()).start();
        Peer peer = Servers.peer(other)) {
      peer.send("Ada\nquit\n");
      assertThat(peer.rest()).isEqualTo("Hallo!\nGuten Tag, Ada.\nGoodbye!\n");
    }
  }
}
