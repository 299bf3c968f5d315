package example.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import example.resp.Reply.Int64;
import example.resp.Reply.SimpleError;
import example.resp.Reply.SimpleString;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import parley.client.Client;
import parley.endpoint.Endpoint;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;

/** Sends the same bytes to this server and to a real redis-server, and compares the answers. */
class RedisTest {

  /**
   * The requests, each sent on its own connection with QUIT after it; all leave the store empty.
   */
  static final List<String> REQUESTS =
      List.of(
          "PING\r\nping hello\r\nPING a b\r\n*2\r\n$4\r\nPiNg\r\n$0\r\n\r\n",
          "ECHO hi\r\necho\r\necho a b\r\n",
          "GET none\r\nget\r\nget a b\r\n",
          "SET a 1\r\nGET a\r\nset a\r\nset a 1 EX 10 11\r\nset a 1 zz\r\nset a 1 nx xx\r\ndel a\r\n",
          "set a 1 get\r\nset a 2 nx get\r\nset a 2 nx\r\nset a 3 xx\r\nget a\r\ndel a\r\n",
          "set b 1 xx\r\nset b 1 xx get\r\nset b 1 nx nx\r\nset b 2 XX GET\r\nget b\r\ndel b b c\r\n",
          "*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$3\r\n\0\n\u00ff\r\n*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n"
              + "*2\r\n$3\r\nDEL\r\n$2\r\n\r\n\r\n",
          "incr i\r\nincr i\r\nget i\r\nincr\r\nincr i 2\r\ndel i\r\n",
          "set i 9223372036854775806\r\nincr i\r\nincr i\r\nget i\r\ndel i\r\n",
          "set i -1\r\nincr i\r\nset i 01\r\nincr i\r\nset i +1\r\nincr i\r\nset i -0\r\nincr i\r\n"
              + "set i ' 1'\r\nincr i\r\nset i ''\r\nincr i\r\nset i 9223372036854775808\r\nincr i\r\n"
              + "del i\r\n",
          "set a 1\r\nset b 2\r\nexists a b a none\r\nmget a none b\r\ndel a b none\r\nexists a\r\n"
              + "exists\r\nmget\r\ndel\r\n",
          "client getname\r\nclient setname ab\r\nclient getname\r\nclient setname 'a b'\r\n"
              + "client setname ''\r\nclient getname\r\nclient setname a b\r\nclient id x\r\n",
          "client\r\nclient no\r\nCLIENT No such\r\n",
          "config get save\r\nCONFIG GET Appendonly\r\nconfig get none\r\nconfig get\r\nconfig\r\n"
              + "config no\r\n",
          "info keyspace\r\nset a 1\r\nINFO Keyspace\r\ndel a\r\ninfo none\r\n",
          "command count x\r\ncommand no\r\ncommand info none\r\n",
          "no\r\nNo such 'a b' \"\\r\\n\"\r\n'' x\r\n\"\\x01\\a\\b\\t\\q\"\r\n*1\r\n$0\r\n\r\n",
          "no " + "x".repeat(100) + " " + "y".repeat(100) + " z\r\n",
          "no "
              + "x".repeat(200)
              + " y\r\n"
              + "z".repeat(200)
              + "\r\nno"
              + " x".repeat(100)
              + "\r\n",
          "client " + "x".repeat(200) + "\r\n",
          "\r\n\n  \r\n   ping \t 'a\\'b\\n' \r\n*0\r\n*-1\r\nping \"\\x41\\\"\\xZZ\"\r\nping a'b'\r\n",
          "quit\r\nPING\r\n",
          "QUIT now\r\n",
          // refused: both servers close after the answer
          "ping \"a\r\nPING\r\n",
          "ping 'a'b\r\n",
          "ping \"a\\\r\n",
          "*x\r\n",
          "*\r\n",
          "*01\r\n",
          "*+1\r\n",
          "*9999999999\r\n",
          "*99999999999999999999\r\n",
          "*1\r\n\r\n",
          "*1\r\nPING\r\n",
          "*1\r\n$x\r\n",
          "*1\r\n$-1\r\n",
          "*1\r\n$04\r\nPING\r\n",
          "*1\r\n$600000000\r\n",
          "x".repeat(65_537), // Redis resets a connection that it has not read to its end
          "*" + "1".repeat(65_536),
          "*1\r\n$" + "1".repeat(65_536));

  private static RedisServer redis;
  private static Server parley;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    parley = Server.serve("tcp://127.0.0.1:0", new RespProtocol());
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
    if (parley != null) {
      parley.close();
    }
  }

  /** Sends a request and returns everything up to the server's end of stream. */
  private static String say(Endpoint endpoint, String request) throws IOException {
    try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
      socket.setSoTimeout(60_000); // not a bound that the test checks: it only ends a hanging test
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @FieldSource("REQUESTS")
  void answersTheSameBytes(String request) throws IOException {
    String more = request.endsWith("\r\n") ? "*1\r\n$4\r\nQUIT\r\n" : "";
    assertEquals(say(redis.endpoint(), request + more), say(parley.endpoint(), request + more));
  }

  @Test
  void aFullStoreAnswersTheSameBytes() throws Exception {
    String request =
        "set a 1\r\nincr a\r\nget a\r\nexists a\r\ndel a\r\nmget a b\r\nping\r\nquit\r\n";
    ListenerConfig listener =
        ListenerConfig.builder("test", Endpoint.parse("tcp://127.0.0.1:0"), new RespProtocol())
            .set(RespProtocol.MAX_STORE, 0)
            .build();
    assertEquals("+OK\r\n+OK\r\n", say(redis.endpoint(), "config set maxmemory 1\r\nquit\r\n"));
    try (Server full = new Server(ServerConfig.builder().listener(listener).build()).start()) {
      assertEquals(say(redis.endpoint(), request), say(full.endpoint(), request));
    } finally {
      say(redis.endpoint(), "config set maxmemory 0\r\nquit\r\n");
    }
  }

  /** Compares name, arity, flags and key positions of the commands that have them. */
  @Test
  void describesCommandsAsRedisDoes() throws Exception {
    List<byte[]> request =
        RespProtocol.request("COMMAND", "INFO", "get", "set", "incr", "mget", "exists", "del");
    try (Client<List<byte[]>, Reply> asksParley =
            Client.connect(parley.endpoint(), new RespProtocol());
        Client<List<byte[]>, Reply> asksRedis =
            Client.connect(redis.endpoint(), new RespProtocol())) {
      assertEquals(cut(asksRedis.ask(request).join(), 6), cut(asksParley.ask(request).join(), 6));
    }
  }

  /** Returns an array of arrays, with at most this many elements of each. */
  private static List<Reply> cut(Reply reply, int most) {
    List<Reply> all = new ArrayList<>();
    for (Reply each : assertInstanceOf(Reply.Array.class, reply).elements()) {
      List<Reply> elements = assertInstanceOf(Reply.Array.class, each).elements();
      all.add(new Reply.Array(elements.subList(0, Math.min(most, elements.size()))));
    }
    return all;
  }

  private static Reply array(Reply... elements) {
    return new Reply.Array(List.of(elements));
  }

  /** Uses the client's side of this codec with Redis itself. */
  @Test
  void parleysClientAsksRedis() throws Exception {
    try (Client<List<byte[]>, Reply> client =
        Client.connect(redis.endpoint(), new RespProtocol())) {
      List<CompletableFuture<Reply>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(client.ask(RespProtocol.request("INCR", "n")));
      }
      for (int i = 0; i < 1000; i++) {
        assertEquals(new Int64(i + 1), answers.get(i).join());
      }
      assertEquals(new SimpleString("PONG"), client.ask(RespProtocol.request("PING")).join());
      assertEquals(
          new Reply.BulkString(Text.bytes("1000")),
          client.ask(RespProtocol.request("GET", "n")).join());
      assertEquals(new Int64(1), client.ask(RespProtocol.request("DEL", "n")).join());
      assertEquals(Reply.NULL, client.ask(RespProtocol.request("GET", "n")).join());
      assertEquals(
          new SimpleError("ERR unknown command 'NO', with args beginning with: "),
          client.ask(RespProtocol.request("NO")).join());
      assertEquals(Reply.NULL, client.ask(RespProtocol.request("BLPOP", "none", "0.01")).join());
      String script = "return {1, {2, {}, {err = 'x y'}}, false, {ok = 'fine'}}";
      assertEquals(
          array(
              new Int64(1),
              array(new Int64(2), array(), new SimpleError("x y")),
              Reply.NULL,
              new SimpleString("fine")),
          client.ask(RespProtocol.request("EVAL", script, 0)).join());
      assertEquals(240, cut(client.ask(RespProtocol.request("COMMAND")).join(), 0).size());
    }
  }
}
