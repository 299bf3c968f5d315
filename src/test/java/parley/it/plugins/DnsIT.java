package parley.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.testing.Programs.need;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import parley.internal.tls.Certs;
import parley.testing.Markdown;
import parley.testing.Programs;
import parley.testing.Programs.Result;
import parley.testing.ServerProcess;

/** The dns example as a plug-in, asked by dig and dnsperf. */
class DnsIT {

  private static Example example;
  private static ServerProcess server;

  @BeforeAll
  static void start(@TempDir Path temp) throws Exception {
    example = Example.build("dns", temp);
    server = example.serve("dns");
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static String port() {
    return Integer.toString(server.endpoint().port());
  }

  private static String dig(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("dig", "@127.0.0.1", "-p", port(), "+tcp"));
    command.addAll(List.of(arguments.split(" ")));
    Result result = Programs.run(command.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  @Test
  void theClientInItsReadmeCompiles() throws IOException {
    example.compileReadme("example.dns.*", "org.xbill.DNS.*", "org.xbill.DNS.Record");
  }

  @Test
  void itsOwnTestsRan() throws IOException {
    for (String test : List.of("DnsProtocolTest", "NsdTest", "ZoneTest")) {
      assertThat(example.project().resolve("target/surefire-reports/example.dns." + test + ".txt"))
          .content()
          .contains("Failures: 0, Errors: 0");
    }
  }

  @Test
  void severalQueriesOnOneConnectionAsInItsReadme() throws Exception {
    need("dig");
    Path readme = example.project().resolve("README.md");
    String[] printed = Markdown.listing(readme, "", "$ dig").split("\n", 2);
    String ask = printed[0].substring(2).replace("5300", port());
    assertThat(Programs.run("sh", "-c", ask)).isEqualTo(new Result(0, printed[1], ""));
  }

  /** DNS over TLS (RFC 7858), by conf alone. */
  @Test
  void overTls() throws Exception {
    need("kdig");
    Path certs = Certs.folder();
    try (ServerProcess secured =
        example.serve(
            "dns",
            "endpoint=tls://127.0.0.1:0",
            "tls.certificate=" + certs.resolve("server.pem"),
            "tls.key=" + certs.resolve("server.key"))) {
      Result result =
          Programs.run(
              "kdig",
              "@127.0.0.1",
              "-p",
              secured.endpoint().port() + "",
              "+tls-ca=" + certs.resolve("ca.pem"),
              "+tls-hostname=localhost",
              "+short",
              "blog.example",
              "TXT",
              "x.cloud.example",
              "A");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).isEqualTo("web.example.\nwww.example.\n192.0.2.90\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          www.example                | NOERROR  | qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1
          +noedns +norec www.example | NOERROR  | qr aa; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 0
          www.example MX             | NOERROR  | qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
          example ANY                | NOERROR  | qr aa rd; QUERY: 1, ANSWER: 4, AUTHORITY: 0, ADDITIONAL: 1
          nope.example               | NXDOMAIN | qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
          old.example                | NXDOMAIN | qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 1
          away.example               | NOERROR  | qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
          lab.example                | NOERROR  | qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
          example.org                | REFUSED  | qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
          version.bind CH TXT        | REFUSED  | qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
          +opcode=NOTIFY example SOA | NOTIMP   | qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
          +edns=1 +noednsneg example | BADVERS  | qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
          +header-only               | FORMERR  | qr rd; QUERY: 0, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
          """)
  void digSees(String question, String status, String flags) throws Exception {
    need("dig");
    assertThat(dig(question)).contains("status: " + status + ",").contains(";; flags: " + flags);
  }

  @Test
  void digGetsTheRecords() throws Exception {
    need("dig");
    assertThat(dig("+noall +answer +authority blog.example AAAA nope.example").lines())
        .map(line -> line.replaceAll("\\s+", " "))
        .containsExactly(
            "blog.example. 3600 IN CNAME web.example.",
            "web.example. 3600 IN CNAME www.example.",
            "www.example. 3600 IN AAAA 2001:db8::80",
            "example. 300 IN SOA ns.example. hostmaster.example. 1 7200 900 1209600 300");
  }

  /** Some names are answered 300 ms later, so that answers for other names overtake them. */
  @Test
  void dnsperfLosesNothing(@TempDir Path temp) throws Exception {
    need("dnsperf");
    int rounds = 1000;
    Path queries = temp.resolve("queries");
    Files.write(
        queries,
        Stream.iterate(0, i -> i + 1)
            .limit(rounds)
            .flatMap(
                i ->
                    Stream.of(
                        "www.example A",
                        "web.example AAAA",
                        "n" + i + ".cloud.example TXT",
                        "n" + i + ".example A",
                        (i % 50 == 0 ? "slow" : "ns") + ".example A"))
            .toList());
    String command = "dnsperf -m tcp -s 127.0.0.1 -n 1 -q 100 -c 4 -p " + port() + " -d ";
    List<String> all = new ArrayList<>(List.of(command.split(" ")));
    all.add(queries.toString());
    Result result = Programs.run(all.toArray(String[]::new));
    assertThat(result.code()).as("%s", result).isZero();
    assertThat(result.out().lines().map(String::strip).map(line -> line.replaceAll(" +", " ")))
        .contains(
            "Queries sent: 5000",
            "Queries completed: 5000 (100.00%)",
            "Queries lost: 0 (0.00%)",
            "Response codes: NOERROR 4000 (80.00%), NXDOMAIN 1000 (20.00%)");
  }
}
