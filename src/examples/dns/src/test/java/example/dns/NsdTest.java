package example.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import parley.client.Client;
import parley.endpoint.Endpoint;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** Sends the same questions to nsd with the same zone, and expects the same answers. */
class NsdTest {

  private static final List<String> ZONE =
      ConfigFactory.parseFile(new File("dns.conf")).getStringList("listeners.dns.settings.zone");

  private static final List<String> NAMES =
      List.of(
          "example.",
          "www.example.",
          "WWW.Example.",
          "nope.example.",
          "a.b.c.example.",
          "ns.example.",
          "lab.example.",
          "a.lab.example.",
          "b.lab.example.",
          "x.a.lab.example.",
          "web.example.",
          "blog.example.",
          "old.example.",
          "away.example.",
          "x.away.example.",
          "cloud.example.",
          "x.cloud.example.",
          "x.y.cloud.example.",
          "*.cloud.example.",
          "x.*.cloud.example.",
          "slow.example.",
          "example.org.",
          "ple.",
          ".");

  /** Without ANY, which nsd answers with only some records (RFC 8482). */
  private static final List<String> TYPES =
      List.of("A", "AAAA", "MX", "TXT", "NS", "SOA", "CNAME", "SRV");

  @TempDir private Path folder;

  private static List<Message> queries() {
    List<Message> queries = new ArrayList<>();
    for (String name : NAMES) {
      for (String type : TYPES) {
        queries.add(Messages.query(queries.size(), name, type));
      }
    }
    queries.add(Messages.query(queries.size(), "example.", "AXFR"));
    for (int version = 0; version < 3; version++) {
      Message query = Messages.query(queries.size(), "www.example.", "A");
      query.addRecord(new OPTRecord(4096, 0, version), Section.ADDITIONAL);
      queries.add(query);
    }
    return queries;
  }

  /** Sends all questions at once. */
  private static List<Message> ask(Endpoint endpoint) throws Exception {
    try (Client<Message, Message> client = Client.connect(endpoint, new DnsProtocol())) {
      List<CompletableFuture<Message>> answers = queries().stream().map(client::ask).toList();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  @Test
  void bothAnswerAlike() throws Exception {
    ListenerConfig listener =
        ListenerConfig.builder("dns", Endpoint.parse("tcp://127.0.0.1:0"), new DnsProtocol())
            .set(DnsProtocol.ZONE, ZONE)
            .build();
    try (Server server = new Server(ServerConfig.builder().listener(listener).build()).start();
        Nsd nsd = Nsd.serve("example", ZONE, folder)) {
      Iterator<Message> ours = ask(server.endpoint()).iterator();
      List<String> differences = new ArrayList<>();
      for (Message its : ask(nsd.endpoint())) {
        String shown = shown(ours.next());
        if (!shown.equals(shown(its))) {
          differences.add("nsd: " + shown(its) + "\nhere: " + shown);
        }
      }
      assertEquals("", String.join("\n", differences));
    }
  }

  /** Returns an answer as text, without the order in a section and without optional records. */
  private static String shown(Message answer) {
    return String.join(
        "\n  ",
        answer.getQuestion().toString(),
        Rcode.string(answer.getRcode()) + (answer.getHeader().getFlag(Flags.AA) ? " aa" : ""),
        "answer " + records(answer, Section.ANSWER),
        "authority " + records(answer, Section.AUTHORITY));
  }

  private static Set<String> records(Message answer, int section) {
    Set<String> records = new TreeSet<>();
    for (Record each : answer.getSection(section)) {
      records.add(each.toString());
    }
    return records;
  }
}
