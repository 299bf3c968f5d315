package parley;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ConnectException;
import parley.client.ConnectionLostException;
import parley.codec.BytesCodecFactory;
import parley.codec.Codec;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;
import parley.codec.MappedCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.proving.Proof;
import parley.proving.Transcript;
import parley.server.DrainResult;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Compiled;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** The public API as its users write it: typed, without a cast and without a type witness. */
class TypedApiTest {

  private static final String FREE = "tcp://127.0.0.1:0";

  @Test
  void anAnswerAtOnce() {
    Protocol<String, String> shout =
        Protocol.answering("shout", new LineCodecFactory(), line -> line.toUpperCase(Locale.ROOT));
    try (Server server = Server.serve("tcp://127.0.0.1:0", shout);
        Client<String, String> client = Client.connect(server.endpoint(), shout)) {
      String answer = client.ask("hello").join(); // HELLO
      assertThat(answer).isEqualTo("HELLO");
    }
  }

  private static CompletableFuture<String> lookUp(String line) {
    return CompletableFuture.supplyAsync(() -> "found " + line);
  }

  @Test
  void aLaterAnswer() {
    Protocol<String, String> slow =
        Protocol.answeringLater("slow", new LineCodecFactory(), line -> lookUp(line));
    try (Server server = Server.serve(FREE, slow);
        Client<String, String> client = Client.connectAsync(server.endpoint(), slow).join()) {
      assertThat(client.ask("it").join()).isEqualTo("found it");
    }
  }

  @Test
  void anAnswerForASession() {
    Protocol<String, String> who =
        Protocol.answering(
            "who", new LineCodecFactory(), (session, line) -> line + " " + session.getId());
    try (Server server = Server.serve(FREE, who);
        Client<String, String> client = Client.connect(server.endpoint(), who)) {
      assertThat(client.ask("a").join()).matches("a \\d+");
    }
  }

  /** A protocol with a setting and a refusal. */
  static final class Echo implements Protocol.Symmetric<String> {

    static final Setting<Integer> MAX_LINE = Setting.bytes("max-line", 80, 1, 1024);

    @Override
    public String name() {
      return "echo";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(MAX_LINE);
    }

    @Override
    public Codec<String, String> codec(Settings settings) {
      return new LineCodecFactory(UTF_8, settings.get(MAX_LINE));
    }

    @Override
    public AnswerHandler<String, String> handler(Settings settings) {
      return new AnswerHandler<>() {
        @Override
        protected Answer<String> answer(IoSession session, String line) {
          return line.equals("quit") ? Answer.last("bye") : Answer.of(line);
        }

        @Override
        protected Answer<String> refusal(IoSession session, FrameException cause) {
          return Answer.of("ERR " + cause.getMessage());
        }
      };
    }
  }

  @Test
  void theProvingKit() {
    Proof.of(new Echo())
        .transcript(Transcript.named("one").sends("a\nquit\n").receives("a\nbye\n").closed())
        .check();
  }

  record Query(int id, String text) {
    static Query of(String line) throws FrameException {
      String[] parts = line.split(" ", 2);
      return new Query(Integer.parseInt(parts[0]), parts[1]);
    }

    String line() {
      return id + " " + text;
    }
  }

  record Reply(int id, String text) {
    static Reply of(String line) {
      return new Reply(Integer.parseInt(line.split(" ")[0]), line);
    }
  }

  @Test
  void aClientByKey() {
    Codec<Query, Reply> codec =
        new MappedCodecFactory<>(new LineCodecFactory(), Query::of, Reply::text);
    Codec<Reply, Query> clientCodec =
        new MappedCodecFactory<>(new LineCodecFactory(), Reply::of, Query::line);
    CompletableFuture<Reply> first = new CompletableFuture<>();
    AnswerHandler<Query, Reply> handler =
        AnswerHandler.inAnyOrder(
            (session, query) ->
                query.id() == 1
                    ? Answer.later(first)
                    : Answer.of(new Reply(query.id(), query.line())));
    Protocol<Query, Reply> queries =
        Protocol.of(
            "queries", codec, clientCodec, handler, Correlation.byKey(Query::id, Reply::id));
    try (Server server = Server.serve(FREE, queries);
        Client<Query, Reply> client = Client.connect(server.endpoint(), queries)) {
      CompletableFuture<Reply> one = client.ask(new Query(1, "a"));
      assertThat(client.ask(new Query(2, "b")).join().text()).isEqualTo("2 b");
      first.complete(new Reply(1, "1 late"));
      assertThat(one.join().text()).isEqualTo("1 late");
    }
  }

  /** Code that the compiler must refuse, each with the form that it accepts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Protocol.of(\"x\", new LineCodecFactory(), new Bytes())"
            + "| Protocol.of(\"x\", new BytesCodecFactory(), new Bytes())",
        "Protocol.of(\"x\", new LineCodecFactory(), AnswerHandler.inAnyOrder("
            + "(IoSession s, String line) -> Answer.of(new CompletableFuture<String>())))"
            + "| Protocol.of(\"x\", new LineCodecFactory(), AnswerHandler.inAnyOrder("
            + "(IoSession s, String line) -> Answer.later(new CompletableFuture<String>())))",
        "Protocol.answering(\"x\", new LineCodecFactory(), (String line) -> 1)"
            + "| Protocol.answering(\"x\", new LineCodecFactory(), (String line) -> \"1\")",
        "Protocol.answering(\"x\", new BytesCodecFactory(), line -> line.trim())"
            + "| Protocol.answering(\"x\", new LineCodecFactory(), line -> line.trim())",
        "Protocol.answering(\"x\", new LineCodecFactory(), line -> new CompletableFuture<String>())"
            + "| Protocol.answeringLater(\"x\", new LineCodecFactory(),"
            + " line -> new CompletableFuture<String>())",
        "Client.connect(\"tcp://a:1\", lines).ask(1)"
            + "| Client.connect(\"tcp://a:1\", lines).ask(\"1\")",
        "new MappedCodecFactory<Integer, Integer>(new LineCodecFactory(),"
            + " (byte[] b) -> 1, (Integer i) -> \"\")"
            + "| new MappedCodecFactory<Integer, Integer>(new LineCodecFactory(),"
            + " (String b) -> 1, (Integer i) -> \"\")",
        "new Lines() { public AnswerHandler<IoBuffer, IoBuffer> handler(Settings settings) {"
            + " return new Bytes(); } }"
            + "| new Lines() { public AnswerHandler<String, String> handler(Settings settings) {"
            + " return AnswerHandler.of((String line) -> line); } }",
        "Protocol.answering(\"x\", new TextLineCodecFactory(), (String line) -> line)"
            + "| Protocol.answering(\"x\", Codec.of(new TextLineCodecFactory()),"
            + " (String line) -> line)",
      })
  void theCompilerRefuses(String wrong, String right) {
    assertThat(Compiled.messages(source(right))).isEmpty();
    assertThat(Compiled.messages(source(wrong))).contains("error: ");
  }

  private static String source(String expression) {
    return """
        import java.util.concurrent.*;
        import org.apache.mina.core.buffer.IoBuffer;
        import org.apache.mina.core.session.IoSession;
        import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
        import parley.client.*;
        import parley.codec.*;
        import parley.protocol.*;

        class Source {
          static class Bytes extends AnswerHandler<IoBuffer, IoBuffer> {
            protected Answer<IoBuffer> answer(IoSession session, IoBuffer bytes) {
              return Answer.of(bytes);
            }
          }

          abstract static class Lines implements Protocol.Symmetric<String> {
            public String name() {
              return "lines";
            }

            public Codec<String, String> codec(Settings settings) {
              return new LineCodecFactory();
            }
          }

          Object made(Protocol<String, String> lines) {
            return %s;
          }
        }
        """
        .formatted(expression);
  }

  /** MINA's own codec, by a target type, by a typed lambda and by a class. */
  @Test
  void anyCodecOfMinaIsAccepted() {
    Codec<String, String> byTarget = Codec.of(new TextLineCodecFactory());
    Map<String, Protocol<String, String>> all =
        Map.of(
            "target", Protocol.answering("target", byTarget, line -> line.trim()),
            "lambda",
                Protocol.answering(
                    "lambda", Codec.of(new TextLineCodecFactory()), (String line) -> line.trim()),
            "class",
                Protocol.answering(
                    "class",
                    Codec.of(new TextLineCodecFactory(), String.class),
                    line -> line.trim()));
    all.forEach(
        (name, protocol) -> {
          try (Server server = Server.serve(FREE, protocol);
              Client<String, String> client = Client.connect(server.endpoint(), protocol)) {
            assertThat(client.ask(" a ").join()).as(name).isEqualTo("a");
          }
        });
  }

  /** A codec that decodes Strings although its user has declared Integer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFrameOfAnotherTypeEndsItsSessionWithTheNamesOfCodecAndProtocol(boolean checked)
      throws Exception {
    ProtocolCodecFactory text = new TextLineCodecFactory();
    Codec<Integer, Integer> codec = checked ? Codec.of(text, Integer.class) : Codec.of(text);
    Protocol<Integer, Integer> numbers = Protocol.answering("numbers", codec, number -> number + 1);
    try (Logs logs = Logs.capture();
        Server server = Server.serve(FREE, numbers);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("1\n").rest()).isEmpty();
      assertThat(logs.atLeast("ERROR"))
          .singleElement()
          .asString()
          .contains("protocol numbers with codec " + TextLineCodecFactory.class.getName());
      assertThat(logs.thrown())
          .singleElement()
          .asString()
          .contains("java.lang.String", "java.lang.Integer");
    }
  }

  @Test
  void aClientsFrameOfAnotherTypeFailsItsRequest() throws Exception {
    Codec<Integer, String> wrong = Codec.of(new TextLineCodecFactory(), Integer.class);
    Protocol<String, Integer> numbers =
        Protocol.of(
            "numbers",
            Codec.of(new LineCodecFactory()),
            wrong,
            AnswerHandler.of(line -> 1),
            Correlation.inOrder());
    try (Server server = Server.serve(FREE, numbers);
        Client<String, Integer> client = Client.connect(server.endpoint(), numbers)) {
      assertThatThrownBy(() -> client.ask("1").join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ConnectionLostException.class)
          .hasMessageContaining(
              "connection closed after a fault in protocol numbers: java.lang.ClassCastException:"
                  + " codec "
                  + TextLineCodecFactory.class.getName()
                  + " decoded a frame of ");
    }
  }

  /** A codec of one's own, MINA's below a mapped one, and one that Parley knows. */
  @Test
  void aFaultNamesEachCodecThatIsNotParleys() throws Exception {
    Codec<Integer, Integer> declared = Codec.of(new TextLineCodecFactory());
    Codec<Integer, Integer> mapped =
        new MappedCodecFactory<>(declared, (Integer number) -> number + 1, (Integer n) -> n);
    Codec<Integer, Integer> own = new OwnCodec();
    Codec<Integer, Integer> known =
        new MappedCodecFactory<>(
            new LineCodecFactory(),
            (String line) -> Integer.parseInt("x" + line),
            (Integer n) -> "" + n);
    assertThat(fault(mapped))
        .contains("protocol numbers with codec " + TextLineCodecFactory.class.getName());
    assertThat(fault(own)).contains("protocol numbers with codec " + OwnCodec.class.getName());
    assertThat(fault(known)).contains("source=\"protocol numbers\"");
  }

  private static String fault(Codec<Integer, Integer> codec) throws Exception {
    Protocol<Integer, Integer> numbers = Protocol.answering("numbers", codec, number -> number + 1);
    try (Logs logs = Logs.capture();
        Server server = Server.serve(FREE, numbers);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("1\n").rest()).isEmpty();
      return logs.atLeast("ERROR").get(0);
    }
  }

  /** Declares Integer and decodes Strings. */
  private static final class OwnCodec extends TextLineCodecFactory
      implements Codec<Integer, Integer> {}

  @Test
  void aProtocolHasANameThatConfCanHave() {
    assertThatThrownBy(
            () -> Protocol.answering("Bad Name", new LineCodecFactory(), (String l) -> l))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("protocol name: \"Bad Name\" (expected: lower-case letters, digits and -)");
  }

  /** An unchecked function returns a future as its answer. */
  @Test
  void aFutureThatIsAnAnswerByMistakeIsAFault() throws Exception {
    try (Logs logs = Logs.capture();
        Server server =
            Servers.lines(AnswerHandler.of((session, line) -> new CompletableFuture<>()));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").rest()).isEmpty();
      assertThat(logs.atLeast("ERROR")).hasSize(1);
      assertThat(logs.thrown())
          .singleElement()
          .asString()
          .contains("use AnswerHandler.later for a future");
    }
  }

  /** Each kind of answer; after a last answer, even a later one, no frame is handled. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void answersAreDistinguishedByType(int threads) throws Exception {
    AtomicInteger handled = new AtomicInteger();
    CompletableFuture<String> last = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) -> {
              handled.incrementAndGet();
              return switch (line) {
                case "none" -> Answer.none();
                case "later" -> Answer.later(CompletableFuture.supplyAsync(() -> "later"));
                case "later none" -> Answer.later(CompletableFuture.completedFuture(null));
                case "decided" ->
                    Answer.decidedLater(
                        CompletableFuture.supplyAsync(() -> Answer.several(List.of("c", "d"))));
                case "several" -> Answer.several(List.of("a", "b"));
                case "last later" -> Answer.lastLater(last);
                default -> Answer.of(line);
              };
            });
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler), listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      peer.send("now\nnone\nlater\nlater none\nseveral\ndecided\nlast later\nafter\n");
      for (String line : List.of("now", "later", "a", "b", "c", "d")) {
        assertThat(peer.line()).isEqualTo(line);
      }
      peer.send("much\nafter\n");
      Servers.awaitRounds(Servers.session(server));
      last.complete("bye");
      assertThat(peer.rest()).isEqualTo("bye\n");
      assertThat(handled).hasValue(7);
    }
  }

  /** It takes more than the codec decodes, and answers with less than the codec encodes. */
  @Test
  void aHandlerOfASupertypeOfTheRequestAndASubtypeOfTheAnswerFits() {
    AnswerHandler<Object, String> handler = AnswerHandler.of(any -> any + "!");
    Codec<String, CharSequence> codec = Codec.of(new LineCodecFactory());
    Codec<CharSequence, String> clientCodec = Codec.of(new LineCodecFactory());
    Protocol<String, CharSequence> loud =
        Protocol.of("loud", codec, clientCodec, handler, Correlation.inOrder());
    Protocol<String, String> lines = Protocol.of("lines", new LineCodecFactory(), handler);
    assertThat(lines.name()).isEqualTo("lines");
    try (Server server = Server.serve(FREE, loud);
        Client<String, CharSequence> client = Client.connect(server.endpoint(), loud)) {
      assertThat(client.ask("a").join()).hasToString("a!");
    }
  }

  /**
   * There are more empty answers than a session may have pending ones, while one answer is pending.
   */
  @Test
  void noAnswerTakesNoPlaceAmongThePendingAnswers() throws Exception {
    CompletableFuture<String> slow = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) -> {
              if (line.equals("end")) {
                slow.complete("slow");
              }
              return line.equals("slow") ? Answer.later(slow) : Answer.none();
            });
    try (Server server = Servers.lines(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("slow\n" + "x\n".repeat(2 * AnswerHandler.MAX_PENDING) + "end\n");
      assertThat(peer.line()).isEqualTo("slow");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aNullInsteadOfAnAnswerIsAFault(int threads) throws Exception {
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding((session, line) -> line.isEmpty() ? null : Answer.of(line));
    try (Logs logs = Logs.capture();
        Server server =
            Servers.with(
                Servers.lineProtocol(handler), listener -> listener.executorThreads(threads));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n\nb\n").rest()).isEqualTo("a\n");
      assertThat(logs.thrown())
          .singleElement()
          .asString()
          .contains("answer: null (expected: Answer.none())");
    }
  }

  @Test
  void aCloseDuringADrainReportsTheSessionsThatItCut() throws Exception {
    Server server =
        Servers.lines(AnswerHandler.later((String line) -> new CompletableFuture<String>()));
    try (Peer peer = Servers.peer(server)) {
      peer.send("never answered\n");
      Servers.awaitRounds(Servers.session(server));
      CompletableFuture<DrainResult> drained = server.drain();
      Servers.awaitUnbound(server);
      server.close();
      assertThat(drained.join().sessionsCut()).isOne();
    }
  }

  @Test
  void aCloseCutsOnlySessionsWithUnansweredRequests() throws Exception {
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) ->
                line.equals("never") ? Answer.later(new CompletableFuture<>()) : Answer.of(line));
    Server server = Servers.lines(handler);
    try (Peer idle = Servers.peer(server);
        Peer peer = Servers.peer(server)) {
      idle.send("a\n").line();
      peer.send("b\nnever\n").line();
      for (IoSession each : server.listeners().get(0).acceptor().getManagedSessions().values()) {
        Servers.awaitRounds(each); // a client gets its answer before its turn is over
      }
      server.close();
      assertThat(server.ended().join().sessionsCut()).isOne();
    }
  }

  @Test
  void aDrainReportsItsCutSessionsAndItsDuration() throws Exception {
    Server server =
        Servers.of(
            Servers.lineProtocol(AnswerHandler.later(line -> new CompletableFuture<>())),
            config -> config.drainTimeout(Duration.ofMillis(200)));
    try (Peer peer = Servers.peer(server)) {
      peer.send("never answered\n");
      Servers.awaitRounds(Servers.session(server));
      DrainResult result = server.drain().join();
      assertThat(result.sessionsCut()).isOne();
      assertThat(result.took()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
      assertThat(server.ended().join()).isEqualTo(result);
    }
  }

  @Test
  void aConnectThatFailsIsNotChecked() {
    Protocol<String, String> echo =
        Protocol.answering("echo", new LineCodecFactory(), line -> line);
    String nobody;
    try (Server server = Server.serve(FREE, echo)) {
      nobody = server.endpoint().toString();
    }
    assertThatThrownBy(() -> Client.connect(nobody, echo)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> Client.connectAsync(nobody, echo).join())
        .hasCauseInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> Client.connect("nonsense", echo))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Messages that are bytes already need no other codec. */
  @Test
  void bytesAreBuffers() throws Exception {
    try (Server server =
            Server.serve(
                FREE, Protocol.answering("echo", new BytesCodecFactory(), bytes -> bytes));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("abc").halfClose().rest()).isEqualTo("abc");
    }
  }

  @Test
  void limitsApplyToAnyProtocol() throws Exception {
    try (Server server =
            Servers.with(new Echo(), listener -> listener.limit(Limits.FRAMES_PER_TURN, 1));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n" + "x".repeat(81) + "\n").rest())
          .isEqualTo("a\nERR line too long: more than 80 bytes\n");
    }
  }
}
