package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.testing.PluginJar;
import parley.testing.Programs;

/** The code that users read and copy: README, the pages, the examples and the scaffold. */
class ListingsTest {

  private static final Pattern LISTING = Pattern.compile("(?s)```java\n(.*?)```");

  /**
   * A cast to a class, an array or a type with arguments, or a call of {@code Class.cast}; casts to
   * primitives are allowed.
   */
  private static final Pattern CAST =
      Pattern.compile(
          "\\((?:(?:\\w+\\.)*[A-Z]\\w*(?:<[^()]*>)?(?:\\[])*|\\w+(?:\\[])+)\\) ?[\\w\"(]|\\.cast\\(");

  private static final Pattern WITNESS = Pattern.compile("(?:\\.|::) ?<[\\w\\[\\]<>?,.& ]+> ?\\w");

  /** What the statements on a page use without a declaration. */
  private static final String STATEMENTS =
      """
      import static java.nio.charset.StandardCharsets.*;

      import java.net.InetSocketAddress;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.List;
      import java.util.Queue;
      import java.util.concurrent.*;
      import java.util.stream.Stream;
      import javax.net.ssl.SSLContext;
      import org.apache.mina.filter.codec.ProtocolCodecFilter;
      import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
      import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
      import parley.client.*;
      import parley.codec.*;
      import parley.endpoint.*;
      import parley.mina.*;
      import parley.protocol.*;
      import parley.protocol.greeting.*;
      import parley.protocol.time.*;
      import parley.server.*;
      import parley.session.*;
      import parley.telemetry.*;
      import parley.tls.*;

      class %s {
        void run(SSLContext sslContext, Protocol<String, String> protocol) throws Exception {
          %s
        }
      }
      """;

  /** The call around a listing that has only a method of a client's builder. */
  private static final String OPTION =
      "ClientConfig.builder(\"tcp://127.0.0.1:9123\", new GreetingProtocol())%s.build();";

  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern TYPE = Pattern.compile("(?m)^(?:public )?(?:final )?class (\\w+)");

  private static List<String> listings() throws IOException {
    List<String> all = new ArrayList<>();
    for (String folder : List.of("docs", "src/examples", "src/scaffold")) {
      try (Stream<Path> files = Files.walk(Programs.HOME.resolve(folder))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          all.add(Files.readString(file));
        }
      }
      try (Stream<Path> files = Files.walk(Programs.HOME.resolve(folder))) {
        for (Path page : files.filter(each -> each.toString().endsWith(".md")).toList()) {
          all.addAll(inPage(page));
        }
      }
    }
    all.addAll(inPage(Programs.HOME.resolve("README.md")));
    return all;
  }

  private static List<String> inPage(Path page) throws IOException {
    return LISTING.matcher(Files.readString(page)).results().map(each -> each.group(1)).toList();
  }

  private static List<String> found(Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (String listing : listings()) {
      listing
          .lines()
          .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/"))
          .filter(line -> pattern.matcher(line).find())
          .forEach(found::add);
    }
    return found;
  }

  @Test
  void thePatternsFindCastsAndTypeWitnesses() {
    assertThat("byte[] value = (byte[]) client.ask(list).join();").containsPattern(CAST);
    assertThat("Message answer = (Message) answers.get(0);").containsPattern(CAST);
    assertThat("List<A> all = (List<A>) some;").containsPattern(CAST);
    assertThat("Map.Entry<A, B> one = (Map.Entry<A, B>) x;").containsPattern(CAST);
    assertThat("Object one = (Map.Entry) x;").containsPattern(CAST);
    assertThat("byte[][] all = (byte[][]) x;").containsPattern(CAST);
    assertThat("String one = String.class.cast(x);").containsPattern(CAST);
    assertThat("out.put((byte) 'R');").doesNotContainPattern(CAST);
    assertThat("if (value) return;").doesNotContainPattern(CAST);
    assertThat("AnswerHandler.<String>of(line -> line)").containsPattern(WITNESS);
    assertThat("Protocol.<byte[], byte[]>answering(\"x\")").containsPattern(WITNESS);
    assertThat("map(Codec::<Query, Map.Entry<A, B>>of)").containsPattern(WITNESS);
    assertThat("all.stream().<Reply>map(Text::new)").containsPattern(WITNESS);
    assertThat("List<String> a = List.of(b);").doesNotContainPattern(WITNESS);
  }

  /** Adds the source of a listing, by the name of its class; a part of a class is left out. */
  private static void addSource(String listing, String inPackage, Map<String, String> sources) {
    Matcher type = TYPE.matcher(listing);
    if (listing.startsWith("package ") && type.find()) {
      sources.put(inPackage + "." + type.group(1), listing);
    } else if (!listing.startsWith("module ") && !listing.startsWith("  @Override")) {
      boolean isOption = listing.stripLeading().startsWith(".");
      String name = "Listing" + sources.size();
      String lines = isOption ? OPTION.formatted(listing) : listing;
      String source = "package " + inPackage + ";\n" + STATEMENTS.formatted(name, lines);
      sources.put(inPackage + "." + name, source);
    }
  }

  /** The package of the first class on a page, which its statements may use. */
  private static String packageOf(Path page) throws IOException {
    return inPage(page).stream()
        .flatMap(each -> PACKAGE.matcher(each).results())
        .map(each -> each.group(1))
        .findFirst()
        .orElse("example");
  }

  @Test
  void eachListingOfAPageCompiles(@TempDir Path temp) throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Programs.HOME.resolve("README.md")));
    try (Stream<Path> files = Files.walk(Programs.HOME.resolve("docs"))) {
      files.filter(each -> each.toString().endsWith(".md")).forEach(pages::add);
    }
    int listings = 0;
    int compiled = 0;
    for (Path page : pages) {
      Map<String, String> sources = new LinkedHashMap<>();
      for (String listing : inPage(page)) {
        listings++;
        Matcher named = PACKAGE.matcher(listing);
        addSource(listing, named.find() ? named.group(1) : packageOf(page), sources);
      }
      compiled += sources.size();
      if (!sources.isEmpty()) {
        PluginJar.of(temp.resolve("listings.jar"), sources, List.of());
      }
    }
    assertThat(compiled).isGreaterThan(20);
    // A module, and two methods that NewProtocolPageIT compiles in their classes.
    assertThat(listings - compiled).isEqualTo(3);
  }

  @Test
  void noListingHasACast() throws IOException {
    assertThat(listings()).hasSizeGreaterThan(30);
    assertThat(found(CAST)).isEmpty();
  }

  @Test
  void noListingHasATypeWitness() throws IOException {
    assertThat(found(WITNESS)).isEmpty();
  }
}
