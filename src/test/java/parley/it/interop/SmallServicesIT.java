package parley.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.Protocol;
import parley.protocol.daytime.DaytimeProtocol;
import parley.protocol.time.TimeProtocol;
import parley.testing.Peer;
import parley.testing.Programs;
import parley.testing.ServerProcess;

/** conf/small-services.conf compared with xinetd's built-in services, in one time zone. */
class SmallServicesIT {

  private static final List<String> NAMES =
      List.of("echo", "discard", "daytime", "chargen", "time");
  private static final Map<String, String> ZONE = Map.of("TZ", "Europe/Berlin");
  private static final int LINE = 74;

  private static Xinetd xinetd;
  private static ServerProcess server;

  @BeforeAll
  static void start(@TempDir Path temp) throws IOException {
    xinetd = Xinetd.start(temp, ZONE, NAMES);
    List<String> options = new ArrayList<>();
    options.addAll(
        List.of("--config", Programs.HOME.resolve("conf/small-services.conf").toString()));
    for (String name : NAMES) {
      options.addAll(List.of("--set", "listeners." + name + ".endpoint=tcp://127.0.0.1:0"));
    }
    server = ServerProcess.start(NAMES.size(), ZONE, options);
  }

  @AfterAll
  static void stop() throws IOException {
    if (xinetd != null) {
      xinetd.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static Endpoint ours(String service) {
    return server.endpoints().get(NAMES.indexOf(service));
  }

  private static List<Endpoint> both(String service) {
    return List.of(xinetd.endpoint(service), ours(service));
  }

  @Test
  void echoReturnsAllBytesAlsoThoseBeforeAHalfClose() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(862).nextBytes(sent);
    for (Endpoint endpoint : both("echo")) {
      try (Peer peer = Peer.connect(endpoint)) {
        CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(peer::bytes);
        peer.send(sent).halfClose();
        assertThat(received.get()).as("%s", endpoint).isEqualTo(sent);
      }
    }
  }

  @Test
  void discardTakesAMegabyteAndSendsNothing() throws Exception {
    for (Endpoint endpoint : both("discard")) {
      try (Peer peer = Peer.connect(endpoint)) {
        assertThat(peer.send(new byte[1 << 20]).halfClose().bytes()).isEmpty();
      }
    }
  }

  private static byte[] chargen(Endpoint endpoint, int count) throws IOException {
    try (Peer peer = Peer.connect(endpoint).halfClose()) {
      return peer.bytes(count);
    }
  }

  /**
   * xinetd's ring is '!' to '}', 93 characters; the RFC has 95. Its lines equal ours from our
   * second line on, until '~' appears.
   */
  @Test
  void chargenSendsXinetdsLinesAsLongAsThoseFollowTheRfc() throws Exception {
    byte[] theirs = chargen(xinetd.endpoint("chargen"), 100_000);
    byte[] ours = chargen(ours("chargen"), 100_000);
    assertThat(Arrays.copyOf(theirs, 22 * LINE))
        .isEqualTo(Arrays.copyOfRange(ours, LINE, 23 * LINE));
    assertThat(shape(theirs)).isEqualTo(shape(ours));
  }

  /** Treats all printable characters alike: compares only where lines begin and end. */
  private static byte[] shape(byte[] bytes) {
    byte[] shape = bytes.clone();
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (byte) Math.min(shape[i], ' ');
    }
    return shape;
  }

  @Test
  void chargenContinuesAfterAHalfCloseLikeXinetds() throws Exception {
    for (Endpoint endpoint : both("chargen")) {
      assertThat(chargen(endpoint, 20_000_000)).hasSize(20_000_000);
    }
  }

  private static LocalDateTime daytime(Endpoint endpoint) throws IOException {
    try (Peer peer = Peer.connect(endpoint)) {
      String line = peer.rest();
      assertThat(line).matches("\\d\\d [A-Z]{3} \\d{4} \\d\\d:\\d\\d:\\d\\d CES?T\r\n");
      DateTimeFormatter format =
          new DateTimeFormatterBuilder()
              .parseCaseInsensitive()
              .appendPattern("dd MMM uuuu HH:mm:ss")
              .toFormatter(Locale.ENGLISH);
      return LocalDateTime.parse(line.substring(0, 20), format);
    }
  }

  /**
   * Asks one service between two requests to the other; xinetd's clock may lag by the kernel's
   * tick.
   */
  @Test
  void daytimeSendsTheSame() throws Exception {
    LocalDateTime first = daytime(ours("daytime"));
    LocalDateTime theirs = daytime(xinetd.endpoint("daytime"));
    assertThat(theirs).isBetween(first.minusSeconds(1), daytime(ours("daytime")));
  }

  private static long time(Endpoint endpoint) throws IOException {
    try (Peer peer = Peer.connect(endpoint)) {
      byte[] bytes = peer.bytes();
      assertThat(bytes).hasSize(4);
      return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
    }
  }

  @Test
  void timeSendsTheSame() throws Exception {
    long first = time(ours("time"));
    long theirs = time(xinetd.endpoint("time"));
    assertThat(theirs).isBetween(first - 1, time(ours("time")));
  }

  private static <A> A received(Endpoint endpoint, Protocol<?, A> protocol) throws Exception {
    BlockingQueue<A> received = new LinkedBlockingQueue<>();
    try (Client<?, A> client =
        Client.connect(
            ClientConfig.builder(endpoint, protocol).onUnsolicited(received::add).build())) {
      client.lost().get();
      assertThat(received).hasSize(1);
      return received.take();
    }
  }

  @Test
  void aClientReadsTheSameFromXinetdAndParley() throws Exception {
    for (Endpoint endpoint : both("daytime")) {
      assertThat(received(endpoint, new DaytimeProtocol())).matches("[0-9A-Z: ]{20} CES?T");
    }
    long first = received(ours("time"), new TimeProtocol());
    long theirs = received(xinetd.endpoint("time"), new TimeProtocol());
    assertThat(theirs).isBetween(first - 1, received(ours("time"), new TimeProtocol()));
  }

  /**
   * The examples of docs/small-services.md print the output that the page shows, except for the
   * time.
   */
  @Test
  void thePageShowsTheActualOutput() throws Exception {
    Programs.need("nc");
    String page = Files.readString(Programs.HOME.resolve("docs/small-services.md"));
    List<MatchResult> examples =
        Pattern.compile("(?m)^\\$ (.* 127\\.0\\.0\\.1 (90\\d\\d).*)\n((?:(?!\\$ |```).*\n)*)")
            .matcher(page)
            .results()
            .toList();
    assertThat(examples).hasSize(5);
    List<String> ports = List.of("9007", "9009", "9013", "9019", "9037");
    for (MatchResult example : examples) {
      String service = NAMES.get(ports.indexOf(example.group(2)));
      String port = Integer.toString(ours(service).port());
      String command = example.group(1).replace(example.group(2), port);
      Programs.Result ran = Programs.run("sh", "-c", command);
      assertThat(ran.code()).isZero();
      assertThat(masked(ran.out())).as(command).isEqualTo(masked(example.group(3)));
    }
  }

  @Test
  void thePagesClientPrintsTheTime(@TempDir Path temp) throws Exception {
    String listing =
        Files.readString(Programs.HOME.resolve("docs/small-services.md"))
            .split("```java\n")[1]
            .split("```")[0]
            .replace("tcp://127.0.0.1:9037", ours("time").toString());
    String source =
        """
        import java.util.concurrent.*;
        import parley.client.*;
        import parley.endpoint.Endpoint;
        import parley.protocol.time.TimeProtocol;
        public class Listing {
          public static void main(String[] args) throws Exception {
        """
            + listing
            + "} }";
    Path file = Files.writeString(temp.resolve("Listing.java"), source);
    String libraries = Programs.HOME.resolve("target/lib/*").toString();
    long first = time(ours("time"));
    Programs.Result ran = Programs.run("java", "-cp", libraries, file.toString());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(Long.parseLong(ran.out().trim())).isBetween(first, time(ours("time")));
  }

  private static String masked(String output) {
    return output
        .replace("\r", "")
        .replaceAll("^\\d\\d [A-Z]{3} \\d{4} [0-9:]{8} [A-Z]+", "TIME")
        .replaceAll("^( [0-9a-f]{2}){4}$", "BYTES");
  }
}
