package example.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import example.resp.Reply.Int64;
import example.resp.Reply.SimpleError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.endpoint.Endpoint;
import parley.proving.Proof;
import parley.proving.Transcript;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

class RespProtocolTest {

  private static final Endpoint FREE = Endpoint.parse("tcp://127.0.0.1:0");

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  private static Reply bulkString(String text) {
    return new Reply.BulkString(Text.bytes(text));
  }

  private static String array(String... words) {
    StringBuilder all = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      all.append(bulk(word));
    }
    return all.toString();
  }

  /**
   * Plays each conversation whole, cut at every byte and beside others; then tries invalid input.
   */
  @Test
  void proved() {
    int most = 300;
    Proof.of(new RespProtocol())
        .set(RespProtocol.MAX_ARGUMENT, most)
        .set(RespProtocol.MAX_REQUEST, 4096)
        .set(RespProtocol.MAX_ARGUMENTS, 16)
        .transcript(
            Transcript.named("arrays")
                .sends(array("PING"))
                .receives("+PONG\r\n")
                .sends(array("SET", "k", "line\r\nline"))
                .receives("+OK\r\n")
                .sends(array("get", "k") + array("MGET", "k", "none", ""))
                .receives(bulk("line\r\nline") + "*3\r\n" + bulk("line\r\nline"))
                .receives("$-1\r\n$-1\r\n"))
        .transcript(
            Transcript.named("lines")
                .sends("\r\n\nPING\n")
                .receives("+PONG\r\n")
                .sends("set word 'it\\'s' \r\nget \"w\\x6frd\"\r\n")
                .receives("+OK\r\n" + bulk("it's"))
                .sends("*0\r\nQUIT\r\n")
                .receives("+OK\r\n")
                .closed())
        .transcript(
            Transcript.named("errors")
                .sends("get\r\nincr word\r\n")
                .receives("-ERR wrong number of arguments for 'get' command\r\n")
                .receivesMatching("(:1|-ERR value is not an integer or out of range)\r\n")
                .sends(array("NO", "such") + array("EXISTS", "none"))
                .receives("-ERR unknown command 'NO', with args beginning with: 'such' \r\n:0\r\n"))
        .limit(most, n -> array("ECHO", "x".repeat(n)), n -> bulk("x".repeat(n)))
        .endless("x")
        .endless("*16\r\n$300\r\n" + "x".repeat(300))
        .refused("no number", "*1\r\n$x\r\n")
        .refused("no bulk string", "*1\r\n:1\r\n")
        .refused("no end after a bulk string", "*1\r\n$4\r\nPINGPING\r\n")
        .refused("too many arguments", "*17\r\n")
        .refused("an open quote", "ECHO \"x\r\n")
        .check();
  }

  @Test
  void answersAClient() throws Exception {
    try (Server server = Server.serve(FREE, new RespProtocol());
        Client<List<byte[]>, Reply> client =
            Client.connect(server.endpoint(), new RespProtocol())) {
      assertEquals(Reply.OK, client.ask(RespProtocol.request("SET", "größe", 17)).join());
      assertEquals(new Int64(18), client.ask(RespProtocol.request("INCR", "größe")).join());
      assertEquals(bulkString("18"), client.ask(RespProtocol.request("GET", "größe")).join());
      assertEquals(
          new Reply.Array(List.of(Reply.NULL, Reply.NULL)),
          client.ask(RespProtocol.request("MGET", "none", "neither")).join());
      assertEquals(
          new SimpleError("ERR syntax error"),
          client.ask(RespProtocol.request("SET", "k", "v", "EX")).join());
      assertEquals(Reply.OK, client.ask(RespProtocol.request("QUIT")).join());
      CompletableFuture<Reply> late =
          client.lost().thenCompose(lost -> client.ask(RespProtocol.request("PING")));
      assertThrows(CompletionException.class, late::join);
    }
  }

  @Test
  void incrIsAtomicOverManyConnections() throws Exception {
    int connections = 8;
    int times = 500;
    ListenerConfig listener = ListenerConfig.builder("test", FREE, new RespProtocol()).build();
    ServerConfig config = ServerConfig.builder().listener(listener).eventLoops(4).build();
    List<Client<List<byte[]>, Reply>> clients = new ArrayList<>();
    try (Server server = new Server(config).start()) {
      List<CompletableFuture<Reply>> answers = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        clients.add(Client.connect(server.endpoint(), new RespProtocol()));
      }
      for (int i = 0; i < times; i++) {
        clients.forEach(client -> answers.add(client.ask(RespProtocol.request("INCR", "n"))));
      }
      Set<Reply> numbers =
          answers.stream().map(CompletableFuture::join).collect(Collectors.toSet());
      assertEquals(
          LongStream.rangeClosed(1, connections * times)
              .mapToObj(Int64::new)
              .collect(Collectors.toSet()),
          numbers);
    } finally {
      clients.forEach(Client::close);
    }
  }

  @Test
  void aFullStoreRejectsCommandsThatWouldGrowIt() throws Exception {
    int room = 10 * (Store.ENTRY_BYTES + "k0".length() + "0123456789".length());
    ListenerConfig listener =
        ListenerConfig.builder("test", FREE, new RespProtocol())
            .set(RespProtocol.MAX_STORE, room)
            .build();
    SimpleError full = new SimpleError("OOM command not allowed when used memory > 'maxmemory'.");
    try (Server server = new Server(ServerConfig.builder().listener(listener).build()).start();
        Client<List<byte[]>, Reply> client =
            Client.connect(server.endpoint(), new RespProtocol())) {
      for (int i = 0; i < 10; i++) {
        assertEquals(
            Reply.OK, client.ask(RespProtocol.request("SET", "k" + i, "0123456789")).join());
      }
      assertEquals(full, client.ask(RespProtocol.request("SET", "k10", "")).join());
      assertEquals(full, client.ask(RespProtocol.request("INCR", "k10")).join());
      assertEquals(full, client.ask(RespProtocol.request("SET", "k0", "0123456789x")).join());
      assertEquals(bulkString("0123456789"), client.ask(RespProtocol.request("GET", "k0")).join());
      assertEquals(Reply.OK, client.ask(RespProtocol.request("SET", "k0", "")).join());
      assertEquals(
          Reply.OK, client.ask(RespProtocol.request("SET", "k1", "0123456789_123456789")).join());
      assertEquals(full, client.ask(RespProtocol.request("SET", "k10", "")).join());
      assertEquals(new Int64(1), client.ask(RespProtocol.request("DEL", "k1")).join());
      assertEquals(new Int64(1), client.ask(RespProtocol.request("INCR", "k10")).join());
    }
  }
}
