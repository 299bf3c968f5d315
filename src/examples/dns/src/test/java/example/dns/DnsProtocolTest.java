package example.dns;

import static example.dns.Messages.answer;
import static example.dns.Messages.frame;
import static example.dns.Messages.query;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import parley.client.Client;
import parley.endpoint.Endpoint;
import parley.proving.Proof;
import parley.proving.Transcript;
import parley.server.BindException;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

class DnsProtocolTest {

  /**
   * Plays each conversation whole, cut at every byte and beside others; then tries invalid input.
   */
  @Test
  void proved() throws Exception {
    Message www = query(1, "www.example.", "A");
    Message ns = query(65535, "NS.example.", "A");
    Message other = query(7, "example.org.", "A");
    Message update = query(8, "example.", "SOA");
    update.getHeader().setOpcode(Opcode.UPDATE);
    Message notImplemented = answer(update, Rcode.NOTIMP);
    notImplemented.getHeader().setOpcode(Opcode.UPDATE);
    byte[] cut = Arrays.copyOf(www.toWire(), 20);
    Message malformed = new Message(1);
    malformed.getHeader().setFlag(Flags.QR);
    malformed.getHeader().setFlag(Flags.RD);
    malformed.getHeader().setRcode(Rcode.FORMERR);
    byte[] answered = frame(answer(www, Rcode.NOERROR, "www.example. 3600 A 192.0.2.80"));
    Proof.of(new DnsProtocol())
        .transcript(
            Transcript.named("two questions, two addresses")
                .sends(frame(www))
                .receives(answered)
                .sends(frame(ns))
                .receives(frame(answer(ns, Rcode.NOERROR, "NS.example. 3600 A 192.0.2.53"))))
        .transcript(
            Transcript.named("refused, not implemented, malformed")
                .sends(frame(other))
                .receives(frame(answer(other, Rcode.REFUSED)))
                .sends(frame(update))
                .receives(frame(notImplemented))
                .sends(frame(cut))
                .receives(frame(malformed)))
        .transcript(
            Transcript.named("an answer gets no answer")
                .sends(answered)
                .sends(frame(www))
                .receives(answered))
        .refused("nothing", frame(new byte[0]))
        .refused("less than a header", frame(new byte[11]))
        .check();
  }

  private static Server serve(String delayed, Duration later) throws BindException {
    ListenerConfig listener =
        ListenerConfig.builder("dns", Endpoint.parse("tcp://127.0.0.1:0"), new DnsProtocol())
            .set(DnsProtocol.DELAYED, List.of(delayed))
            .set(DnsProtocol.LATER, later)
            .build();
    return new Server(ServerConfig.builder().listener(listener).build()).start();
  }

  @Test
  void aLateAnswerDoesNotDelayOthers() throws Exception {
    try (Server server = serve("ns.example", Duration.ofSeconds(1));
        Socket socket = new Socket("127.0.0.1", server.endpoint().port())) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.write(frame(query(1, "ns.example.", "A")));
      both.write(frame(query(2, "www.example.", "A")));
      both.writeTo(socket.getOutputStream());
      socket.shutdownOutput();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertEquals(List.of(2, 1), List.of(id(in), id(in)));
      assertEquals(-1, in.read());
    }
  }

  private static int id(DataInputStream in) throws IOException {
    return new Message(in.readNBytes(in.readUnsignedShort())).getHeader().getID();
  }

  @Test
  void aClientHasManyQueriesInFlight() throws Exception {
    try (Server server = serve("ns.example.", Duration.ofMillis(100));
        Client<Message, Message> client = Client.connect(server.endpoint(), new DnsProtocol())) {
      List<CompletableFuture<Message>> answers = new ArrayList<>();
      for (int id = 0; id < 1000; id++) {
        Message query = query(id, id == 0 ? "ns.example." : "www.example.", "A");
        answers.add(client.ask(query));
      }
      for (int id = 0; id < 1000; id++) {
        Message answer = answers.get(id).join();
        assertEquals(id, answer.getHeader().getID());
        assertEquals(
            id == 0 ? "192.0.2.53" : "192.0.2.80",
            answer.getSection(Section.ANSWER).get(0).rdataToString());
      }
    }
  }

  @Test
  void edns() {
    Answers answers = new Answers(ZoneFile.read(DnsProtocol.ZONE.defaultValue()));
    for (int version = 0; version < 2; version++) {
      Message query = query(1, "www.example.", "A");
      query.addRecord(new OPTRecord(4096, 0, version), Section.ADDITIONAL);
      Message answer = answers.to(query);
      assertEquals(version == 0 ? Rcode.NOERROR : Rcode.BADVERS, answer.getRcode());
      assertEquals(0, answer.getOPT().getVersion());
      query.addRecord(new OPTRecord(4096, 0, version), Section.ADDITIONAL);
      assertEquals(Rcode.FORMERR, answers.to(query).getRcode());
    }
  }
}
