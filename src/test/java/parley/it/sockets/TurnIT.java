package parley.it.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import parley.codec.Codec;
import parley.codec.LengthFieldCodecFactory;
import parley.codec.LineCodecFactory;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Programs;

/** The system calls of a turn: one read and one write, whatever its frames are. */
class TurnIT {

  private static final int REQUESTS = 16;
  private static final int TURNS = 20;

  /** The served protocols: two codecs, and both kinds of handler. */
  enum Kind {
    LINES_ANSWERED("a\n"),
    LINES_WRITTEN("a\n"),
    LENGTHS_ANSWERED("\0\1a"),
    LENGTHS_WRITTEN("\0\1a");

    private final String frame;

    Kind(String frame) {
      this.frame = frame;
    }

    Protocol<?, ?> protocol() {
      return name().startsWith("LINES")
          ? protocol(new LineCodecFactory())
          : protocol(new LengthFieldCodecFactory(2));
    }

    private <M> Protocol<M, M> protocol(Codec<M, M> codec) {
      return Protocol.withHandler("turns", codec, handler());
    }

    private IoHandler handler() {
      return name().endsWith("ANSWERED")
          ? AnswerHandler.of(frame -> frame)
          : new IoHandlerAdapter() {
            @Override
            public void messageReceived(IoSession session, Object frame) {
              session.write(frame);
            }
          };
    }
  }

  /** The traced server: prints its endpoint, and ends with its input. */
  public static void main(String[] args) throws IOException {
    try (Server server = Server.serve("tcp://127.0.0.1:0", Kind.valueOf(args[0]).protocol())) {
      System.out.println(server.endpoint());
      while (System.in.read() >= 0) {
        // until the input ends
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void sixteenPipelinedRequestsAreOneReadAndOneWrite(Kind kind, @TempDir Path temp)
      throws Exception {
    need("strace");
    Path trace = temp.resolve("trace");
    Process server = traced(trace, kind);
    try (BufferedReader out = server.inputReader();
        Peer peer = Peer.connect(Endpoint.parse(out.readLine()))) {
      byte[] requests = kind.frame.repeat(REQUESTS).getBytes(StandardCharsets.UTF_8);
      for (int turn = 0; turn < TURNS; turn++) {
        assertThat(peer.send(requests).bytes(requests.length)).isEqualTo(requests);
      }
    }
    server.getOutputStream().close();
    assertThat(server.waitFor()).isZero();
    assertTurns(callsOfTheLoop(SocketsIT.joined(trace), kind));
  }

  private static Process traced(Path trace, Kind kind) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String calls = "trace=read,readv,recvfrom,write,writev,sendto,epoll_wait,epoll_ctl";
    List<String> command =
        Stream.of(
                List.of("strace", "-f", "-e", calls, "-o", trace.toString(), java),
                List.of("-cp", System.getProperty("java.class.path")),
                List.of(TurnIT.class.getName(), kind.name()))
            .flatMap(List::stream)
            .toList();
    return Programs.builder(Map.of(), Path.of("/"), command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /**
   * Returns the calls of the thread that read the requests, starting with the first read of them.
   */
  private static List<String> callsOfTheLoop(List<String> trace, Kind kind) {
    String frame = kind.frame.replace("\n", "\\n").replace("\0", "\\0").replace("\1", "\\1");
    String request = Pattern.quote("\"" + frame + frame);
    Pattern first = Pattern.compile("^(\\d+) +(?:read|recvfrom)\\(\\d+, " + request);
    String loop =
        trace.stream()
            .map(first::matcher)
            .filter(Matcher::find)
            .map(found -> found.group(1))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no request in the trace"));
    return trace.stream()
        .filter(line -> line.startsWith(loop + " "))
        .dropWhile(line -> !first.matcher(line).find())
        .map(line -> line.substring(loop.length()).trim())
        .toList();
  }

  private static void assertTurns(List<String> calls) {
    String socket = calls.get(0).replaceAll("^\\w+\\((\\d+),.*", "($1,");
    String length = calls.get(0).replaceAll(".*= ", "");
    List<String> ofTheSocket =
        calls.stream()
            .filter(call -> call.contains(socket) && !call.startsWith("epoll"))
            .map(call -> call.replaceAll("^(\\w+)\\(.*= ", "$1 "))
            .toList();
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      turns.addAll(List.of("read " + length, "write " + length));
    }
    turns.add("read 0"); // the end of stream
    assertThat(ofTheSocket).isEqualTo(turns);
    List<String> untilTheEnd =
        calls.stream()
            .takeWhile(call -> !call.startsWith("read" + socket) || !call.endsWith("= 0"))
            .toList();
    assertThat(untilTheEnd)
        .as("the loop does not wake itself up, and waits only for a ready socket")
        .filteredOn(call -> !call.contains(socket) && !call.startsWith("read(")) // of class files
        .allMatch(call -> call.startsWith("epoll_wait"))
        .noneMatch(call -> call.matches(".*, 0\\) += .*"))
        .filteredOn(call -> call.endsWith("= 1"))
        .hasSize(TURNS);
  }
}
