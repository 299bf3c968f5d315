package parley.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import parley.testing.Programs;
import parley.testing.Programs.Result;

/** The plots and tables of src/bench, from made-up results. */
class PlotsIT {

  private static final String HEADER = "work\tserver\tround\tmetric\tvalue\n";
  private static final Path BENCH = Programs.HOME.resolve("src/bench");

  private static final List<String> SERVERS =
      List.of("parley", "parley-handler", "mina", "netty-nio", "netty-epoll", "vertx", "c-floor");
  private static final List<String> LABELS =
      List.of(
          "Parley",
          "Parley, any handler",
          "stock MINA",
          "Netty, nio",
          "Netty, epoll",
          "Vert.x",
          "floor, C");

  @TempDir private Path folder;

  @BeforeAll
  static void build() throws Exception {
    Bench.build();
  }

  private static Result plot(String main, Object... args) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp"));
    command.add(BENCH.resolve("target/classes").toString());
    command.add("bench.plot." + main);
    List.of(args).forEach(arg -> command.add(arg.toString()));
    return run(command.toArray(String[]::new));
  }

  private Path results(String lines) throws Exception {
    return Files.writeString(folder.resolve("results.tsv"), lines);
  }

  /** Three rounds of some works with all servers close together, the worst case for labels. */
  private static String rounds(String metric, String... works) {
    StringBuilder lines = new StringBuilder();
    for (String work : works) {
      for (String server : SERVERS) {
        for (int round = 1; round <= 3; round++) {
          int value = 1000 + 10 * SERVERS.indexOf(server) + round;
          lines.append(String.join("\t", work, server, "" + round, metric, "" + value + "\n"));
        }
      }
    }
    return lines.toString();
  }

  private Element svg(String name) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory.newDocumentBuilder().parse(folder.resolve(name).toFile()).getDocumentElement();
  }

  private static List<Element> all(Element svg, String name, String kind) {
    NodeList found = svg.getElementsByTagName(name);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> (Element) found.item(i))
        .filter(each -> each.getAttribute("class").equals(kind))
        .toList();
  }

  private static void assertPlotted(Element svg, int places) {
    assertThat(all(svg, "path", "whisker")).hasSize(places * SERVERS.size());
    int legend = SERVERS.size();
    assertThat(all(svg, "path", "mark")).hasSize(places * SERVERS.size() + legend);
    assertThat(all(svg, "g", "series"))
        .extracting(each -> each.getAttribute("id"))
        .containsExactlyInAnyOrderElementsOf(SERVERS);
    List<Element> labels = all(svg, "text", "label");
    assertThat(labels)
        .extracting(each -> each.getFirstChild().getNodeValue())
        .containsExactlyInAnyOrderElementsOf(LABELS);
    double[] heights =
        labels.stream().mapToDouble(each -> Double.parseDouble(each.getAttribute("y"))).toArray();
    Arrays.sort(heights);
    for (int i = 1; i < heights.length; i++) {
      assertThat(heights[i] - heights[i - 1]).as("between labels").isGreaterThan(17);
    }
  }

  @Test
  void throughputAndLatencyAreDrawn() throws Exception {
    String latency =
        rounds("p50-us", "open-64x1") + rounds("p99-us", "open-64x1") + rounds("max-us", "flood");
    Path results =
        results(
            "# jdk 17\n"
                + HEADER
                + rounds("rate", "1x1", "64x1", "64x16", "16x128", "1000x1", "connects")
                + rounds("rate", "64x1-4KiB", "64x16-4KiB")
                + latency
                + rounds("p50-us", "flood"));
    Result result = plot("Plots", results, folder);
    assertThat(result).isEqualTo(new Result(0, result.out(), ""));
    assertThat(result.out().lines().map(line -> Path.of(line).getFileName().toString()))
        .containsExactly(
            "throughput-over-depth.svg",
            "throughput-over-connections.svg",
            "throughput-over-depth-4KiB.svg",
            "latency-open-64x1.svg",
            "latency-flood.svg");
    assertPlotted(svg("throughput-over-depth.svg"), 3);
    assertPlotted(svg("throughput-over-connections.svg"), 3);
    assertPlotted(svg("throughput-over-depth-4KiB.svg"), 2);
    assertPlotted(svg("latency-open-64x1.svg"), 2);
    assertPlotted(svg("latency-flood.svg"), 2);
    assertThat(svg("throughput-over-depth.svg").getElementsByTagName("desc").item(0))
        .extracting(each -> each.getTextContent())
        .asString()
        .contains("Parley: 1 k at 1, 1 k at 16", "medians of 3 rounds", "JDK 17.");
  }

  @Test
  void tablesHaveMediansAndRatiosBesideTheirTargets() throws Exception {
    Path results =
        results(
            """
            # jdk 17
            work	server	round	metric	value
            64x1	parley	1	rate	900
            64x1	parley	2	rate	1210
            64x1	parley	3	rate	1100
            64x1	netty-nio	1	rate	1000
            64x1	netty-epoll	1	rate	990
            64x1	mina	1	rate	1001
            64x1	nio-floor	1	rate	2000
            10000x1	parley	1	rate	990
            64x16	parley	1	alloc-bytes	61
            64x16	netty-nio	1	alloc-bytes	120
            64x16	netty-epoll	1	alloc-bytes	100
            open-common-64x1	parley	1	p999-us	90
            open-common-64x1	netty-nio	1	asked-rate	1000
            open-common-64x1	netty-nio	1	rate	980
            open-common-64x1	netty-nio	1	p999-us	10
            open-common-64x1	netty-epoll	1	asked-rate	1000
            open-common-64x1	netty-epoll	1	rate	990
            open-common-64x1	netty-epoll	1	p999-us	100
            """);
    assertThat(plot("Tables", results).out())
        .startsWith("- jdk 17\n\n### Ratios of rates\n")
        .contains(
            "| 64x1, Parley | 1.10 (1.05) | not measured (1.4) | **1.09** (1.1) | **0.55** (0.9) |",
            "| 10000x1, Parley | rate | its own 64x1 | 0.90 (0.85) |",
            "| open-common-64x1, Parley | p999-us | Netty, epoll | 0.90 (at most 1) |",
            "| 64x16, Parley | alloc-bytes | Netty, epoll | **0.61** (at most 0.6) |",
            "| Parley | 1,100 (900 to 1,210) | 990 |",
            "| stock MINA | 1,001 |  |");
  }

  @Test
  void anInvalidLineIsReported() throws Exception {
    Path results = results(HEADER + "64x1\tparley\t1\trate\tmany\n");
    Result result = plot("Tables", results);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains(results + ":2: 64x1\tparley\t1\trate\tmany (expected: ");
  }
}
