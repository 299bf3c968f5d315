package parley.it.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.endpoint.Endpoint;
import parley.testing.Peer;
import parley.testing.Programs;

/** docs/sockets.md compared with a real trace of both commands; DocsTest checks its links. */
class SocketsIT {

  private static final Path PAGE = Programs.HOME.resolve("docs/sockets.md");

  /** Returns the calls of one table, in its order. */
  private static List<String> calls(String heading) throws IOException {
    List<String> calls = new ArrayList<>();
    String section = Files.readString(PAGE).split("## " + heading + "\n")[1].split("\n## ")[0];
    Matcher rows = Pattern.compile("(?m)^\\| `([a-z]+)( [A-Z_]+)?` \\|").matcher(section);
    while (rows.find()) {
      calls.add(rows.group(1) + (rows.group(2) == null ? "" : rows.group(2)));
    }
    assertThat(calls).hasSizeGreaterThan(6);
    return calls;
  }

  @Test
  void bothCommandsMakeTheCallsInItsOrder(@TempDir Path temp) throws Exception {
    need("strace");
    Path serverTrace = temp.resolve("server");
    Path clientTrace = temp.resolve("client");
    Process server =
        strace(
            serverTrace,
            "start-server.sh",
            "--set",
            "listeners.greeting.endpoint=tcp://127.0.0.1:0");
    String endpoint;
    try (BufferedReader out = server.inputReader()) {
      endpoint = out.readLine().split(" ")[1];
      Process client = strace(clientTrace, "hello-client.sh", "--endpoint", endpoint, "Ada");
      assertThat(client.inputReader().readLine()).isEqualTo("Hello, Ada!");
      assertThat(client.waitFor()).isZero();
      // strace does not forward signals: the server is the child of the shell that it runs
      server.descendants().forEach(ProcessHandle::destroy);
      assertThat(server.waitFor()).isZero();
    }
    String port = endpoint.substring(endpoint.lastIndexOf(':') + 1);
    assertThat(ofTheSocket(serverTrace, "listen\\((\\d+),", "accept[4]?\\(.* = (\\d+)$"))
        .as("port %s", port)
        .containsSubsequence(calls("The server"));
    List<String> client = ofTheSocket(clientTrace, "connect\\((\\d+), .*htons\\(" + port + "\\)");
    List<String> calls = calls("The client");
    // The banner may come before the request is written or after it.
    assertThat(client).containsSubsequence(without("read", calls));
    assertThat(client).containsSubsequence("connect", "read", "close");
    assertThat(calls).containsSubsequence("connect", "read", "write", "read", "close");
  }

  private static List<String> without(String name, List<String> calls) {
    return calls.stream().filter(call -> !call.equals(name)).toList();
  }

  @Test
  void theSocketOptionsAreSetAndConfCanChangeThem(@TempDir Path temp) throws Exception {
    need("strace");
    String byDefault = traceOf(temp.resolve("default"));
    assertThat(byDefault).containsPattern("listen\\(\\d+, 1024\\)");
    assertThat(byDefault).contains("SO_REUSEADDR, [1]").contains("TCP_NODELAY, [1]");
    assertThat(byDefault).doesNotContain("SO_REUSEADDR, [0]");
    String otherwise =
        traceOf(
            temp.resolve("otherwise"),
            "--set",
            "listeners.greeting.backlog=7",
            "--set",
            "listeners.greeting.reuse-address=false",
            "--set",
            "listeners.greeting.tcp-no-delay=false");
    assertThat(otherwise).containsPattern("listen\\(\\d+, 7\\)");
    assertThat(otherwise).contains("SO_REUSEADDR, [0]").doesNotContain("TCP_NODELAY, [1]");
  }

  /** Returns the trace of a server that greets once. */
  private static String traceOf(Path trace, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--set", "listeners.greeting.endpoint=tcp://127.0.0.1:0"));
    Process server = strace(trace, "start-server.sh", all.toArray(String[]::new));
    try (BufferedReader out = server.inputReader();
        Peer peer = Peer.connect(Endpoint.parse(out.readLine().split(" ")[1]))) {
      assertThat(peer.send("quit\n").rest()).endsWith("Goodbye!\n");
    }
    server.descendants().forEach(ProcessHandle::destroy);
    assertThat(server.waitFor()).isZero();
    return String.join("\n", joined(trace));
  }

  private static Process strace(Path trace, String script, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("strace", "-f", "-e", "trace=network,read,write,close", "-o"));
    command.add(trace.toString());
    command.add(Programs.script(script));
    command.addAll(List.of(arguments));
    return Programs.builder(Map.of(), Path.of("/"), command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /**
   * Returns the calls on the descriptors that the patterns find, from their socket() call on, in
   * order.
   */
  private static List<String> ofTheSocket(Path trace, String... descriptorPatterns)
      throws IOException {
    List<String> lines = joined(trace);
    List<String> descriptors = new ArrayList<>();
    for (String pattern : descriptorPatterns) {
      lines.stream()
          .map(Pattern.compile(pattern)::matcher)
          .filter(Matcher::find)
          .map(found -> found.group(1))
          .findFirst()
          .ifPresent(descriptors::add);
    }
    assertThat(descriptors).hasSize(descriptorPatterns.length);
    Pattern call =
        Pattern.compile(
            "^\\d+ +([a-z]+)4?\\((?:(\\d+), )?(?:.*?(SO_REUSEADDR|TCP_NODELAY))?.*?(?:= (\\d+))?$");
    return lines.stream()
        .map(call::matcher)
        .filter(Matcher::matches)
        .filter(
            each ->
                each.group(1).equals("socket")
                    ? descriptors.contains(String.valueOf(each.group(4)))
                    : descriptors.contains(String.valueOf(each.group(2)))
                        || each.group()
                            .matches("^\\d+ +close\\((" + String.join("|", descriptors) + ")\\).*"))
        .map(each -> each.group(1) + (each.group(3) == null ? "" : " " + each.group(3)))
        .toList();
  }

  /** Joins a call that another thread's line has split. */
  static List<String> joined(Path trace) throws IOException {
    Map<String, String> unfinished = new java.util.HashMap<>();
    List<String> whole = new ArrayList<>();
    try (Stream<String> lines = Files.lines(trace, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      lines.forEach(
          line -> {
            String pid = line.split(" ")[0];
            if (line.endsWith("<unfinished ...>")) {
              unfinished.put(pid, line.replace(" <unfinished ...>", ""));
            } else if (line.contains(" resumed>")) {
              whole.add(unfinished.remove(pid) + line.replaceFirst(".*? resumed>", ""));
            } else {
              whole.add(line);
            }
          });
    }
    return whole;
  }
}
