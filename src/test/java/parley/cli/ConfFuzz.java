package parley.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import parley.endpoint.Endpoint;
import parley.fuzz.FuzzTarget;
import parley.protocol.Protocols;
import parley.protocol.greeting.GreetingProtocol;

/** Feeds any text to the conf readers: they accept it, or report problems of one line each. */
public final class ConfFuzz {

  private static final Protocols PROTOCOLS = Protocols.load(SmallServices.all());
  private static final String GREETING =
      "listeners.g { endpoint = \"tcp://127.0.0.1:0\", protocol = greeting }";
  private static final Path FILE = file();

  private ConfFuzz() {}

  private static Path file() {
    try {
      Path file = Files.createTempDirectory("parley").resolve("fuzz.conf");
      file.getParent().toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Map<String, FuzzTarget> targets() {
    Map<String, FuzzTarget> targets = new TreeMap<>();
    targets.put("server-conf", input -> server(text(input), List.of(), Map.of()));
    targets.put("client-conf", input -> client(text(input)));
    targets.put("set", input -> server(GREETING, text(input).lines().toList(), Map.of()));
    targets.put("set-any", input -> server(GREETING, List.of(text(input)), Map.of()));
    targets.put("environment", input -> environment(text(input)));
    targets.put("endpoint", input -> endpoint(text(input)));
    return targets;
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  private static Conf conf(String text, List<String> sets, Map<String, String> environment)
      throws ConfException, IOException {
    Files.writeString(FILE, text);
    return Conf.load(FILE, sets, environment);
  }

  private static void server(String text, List<String> sets, Map<String, String> environment)
      throws IOException {
    try {
      Conf conf = conf(text, sets, environment);
      ServerConf.read(conf, PROTOCOLS, environment);
      conf.unknownVariables(Set.of());
    } catch (ConfException refused) {
      check(refused);
    }
  }

  private static void client(String text) throws IOException {
    try {
      ClientConf.read(conf(text, List.of(), Map.of()), new GreetingProtocol(), frame -> {});
    } catch (ConfException refused) {
      check(refused);
    }
  }

  /** Lines of NAME=VALUE. */
  private static void environment(String text) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    text.lines()
        .map(line -> line.split("=", 2))
        .filter(each -> each.length == 2)
        .forEach(each -> environment.put("PARLEY_" + each[0], each[1]));
    server(GREETING, List.of(), environment);
  }

  /** Checks that each line is a problem with its place. */
  private static void check(ConfException refused) {
    String message = String.valueOf(refused.getMessage());
    for (String line : message.split("\\R", -1)) {
      boolean hasPlace =
          Stream.of(FILE.toString(), "--set ", "environment variable ", "default: ")
              .anyMatch(line::startsWith);
      if (!hasPlace || line.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("not one line with its place: \"" + line + "\" of\n" + message);
      }
    }
  }

  private static void endpoint(String text) {
    Endpoint endpoint;
    try {
      endpoint = Endpoint.parse(text);
    } catch (IllegalArgumentException refused) {
      if (!String.valueOf(refused.getMessage()).contains("(expected: ")) {
        throw new AssertionError("no expected value in: " + refused.getMessage(), refused);
      }
      return;
    }
    if (!Endpoint.parse(endpoint.toString()).equals(endpoint)) {
      throw new AssertionError("read back as another: " + endpoint);
    }
  }
}
