package parley.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.ProtocolException;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * The shared state of a protocol's listeners starts before all of them and is closed after them.
 */
class SharedStatesTest {

  private static final Setting<String> WORD = Setting.text("word", "none");

  private interface Start {
    AutoCloseable start(List<Settings> listeners) throws Exception;
  }

  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  private Protocol<String, String> protocol(String name) {
    return protocol(
        name,
        listeners -> {
          events.add("start " + name + " of " + listeners.stream().map(s -> s.get(WORD)).toList());
          return () -> events.add("close " + name);
        });
  }

  /** A protocol whose handler answers when the test completes it. */
  private Protocol<String, String> protocol(String name, Start start) {
    return new Protocol.Symmetric<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<Setting<?>> settings() {
        return List.of(WORD);
      }

      @Override
      public Codec<String, String> codec(Settings settings) {
        return new LineCodecFactory();
      }

      @Override
      public AnswerHandler<String, String> handler(Settings settings) {
        return new AnswerHandler<String, String>() {
          @Override
          protected Answer<String> answer(IoSession session, String line) {
            events.add("asked");
            asked.countDown();
            return Answer.later(answer);
          }

          @Override
          public void sessionClosed(IoSession session) {
            events.add("session closed");
          }
        };
      }

      @Override
      public AutoCloseable start(List<Settings> listeners) throws Exception {
        return start.start(listeners);
      }
    };
  }

  private static ListenerConfig listener(String name, Protocol<String, String> protocol) {
    return ListenerConfig.builder(name, Servers.FREE, protocol).set(WORD, name).build();
  }

  private static Server server(ListenerConfig... listeners) {
    ServerConfig.Builder config = ServerConfig.builder();
    for (ListenerConfig each : listeners) {
      config.listener(each);
    }
    return new Server(config.build());
  }

  @Test
  void startsOnceForAllListenersAndIsClosedAfterTheLastSession() throws Exception {
    Protocol<String, String> one = protocol("one");
    Protocol<String, String> two = protocol("two");
    Server server = server(listener("a", one), listener("b", two), listener("c", one));
    server.start();
    try (Peer peer = Peer.connect(server.listeners().get(2).endpoint())) {
      peer.send("x\n");
      Servers.await(asked);
      CompletableFuture<DrainResult> drained = server.drain();
      answer.complete("y");
      assertThat(peer.rest()).isEqualTo("y\n");
      assertThat(drained.join().sessionsCut()).isZero();
    }
    assertThat(events)
        .containsExactly(
            "start one of [a, c]",
            "start two of [b]",
            "asked",
            "session closed",
            "close two",
            "close one");
  }

  @Test
  void startsBeforeAnyListenerIsBound() throws Exception {
    CompletableFuture<Server> made = new CompletableFuture<>();
    Protocol<String, String> protocol =
        protocol(
            "one",
            any -> {
              events.add("bound: " + made.join().listeners().get(0).acceptor().getLocalAddress());
              return () -> {};
            });
    try (Server server = server(listener("a", protocol))) {
      made.complete(server);
      server.start();
    }
    assertThat(events).containsExactly("bound: null");
  }

  @Test
  void aServerThatNeverStartsAndAClientStartNothing() throws Exception {
    Protocol<String, String> protocol = protocol("one");
    server(listener("a", protocol)).close();
    try (Server server = Servers.greeting();
        Client<String, String> client = Client.connect(Servers.endpoint(server), protocol)) {
      assertThat(client.inFlight()).isZero();
    }
    assertThat(events).isEmpty();
  }

  @Test
  void aStateThatCannotStartIsNamedAndStartedOnesAreClosed() throws Exception {
    for (Start each :
        List.<Start>of(
            any -> {
              throw new IllegalStateException("no database\nat db:5432");
            },
            any -> null,
            any -> {
              throw new NoClassDefFoundError("db/Driver");
            })) {
      events.clear();
      Server server = server(listener("a", protocol("one")), listener("b", protocol("two", each)));
      assertThatThrownBy(server::start)
          .isInstanceOf(ProtocolException.class)
          .message()
          .matches(
              "protocol two( of .*)?: cannot start: "
                  + "(java.lang.IllegalStateException: no database at db:5432"
                  + "|null \\(expected: an AutoCloseable\\)"
                  + "|java.lang.NoClassDefFoundError: db/Driver .*)");
      assertThat(server.ended()).isDone();
      assertThat(events).containsExactly("start one of [a]", "close one");
    }
  }

  @Test
  void anEndpointInUseClosesTheStartedStates() throws Exception {
    try (Server first = Servers.greeting()) {
      ListenerConfig taken =
          ListenerConfig.builder("a", Servers.endpoint(first), protocol("one")).build();
      assertThatThrownBy(server(taken)::start).isInstanceOf(BindException.class);
    }
    assertThat(events).containsExactly("start one of [none]", "close one");
  }

  @Test
  void aStateThatCannotBeClosedIsNamedAndTheOthersAreClosed() throws Exception {
    Protocol<String, String> bad =
        protocol(
            "bad",
            any ->
                () -> {
                  throw new IllegalStateException("still in use");
                });
    try (Logs logs = Logs.capture()) {
      server(listener("a", protocol("one")), listener("b", bad)).start().close();
      assertThat(logs.atLeast("ERROR"))
          .singleElement()
          .asString()
          .contains("close failed: source=\"protocol bad");
    }
    assertThat(events).containsExactly("start one of [a]", "close one");
  }

  @Test
  void aStateThatHangsIsLeftBehindAndTheOthersAreClosed() {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    SharedStates shared = new SharedStates(Duration.ofMillis(50));
    shared.start(
        List.of(
            listener("a", protocol("first", any -> closed::countDown)),
            listener("b", protocol("hangs", any -> () -> Servers.await(end)))));
    try (Logs logs = Logs.capture()) {
      shared.close();
      Servers.await(closed); // on a busy machine it is late, too
      assertThat(logs.atLeast("ERROR").get(0)).contains("source=\"protocol hangs");
    } finally {
      end.countDown();
    }
  }

  /** Two of them hang until the last one, which was started first, is closed. */
  @Test
  void allShareTheTimeToClose() {
    CountDownLatch last = new CountDownLatch(1);
    SharedStates shared = new SharedStates(Duration.ofSeconds(5));
    shared.start(
        List.of(
            listener("a", protocol("last", any -> last::countDown)),
            listener("b", protocol("hangs", any -> () -> Servers.await(last))),
            listener("c", protocol("hangs too", any -> () -> Servers.await(last)))));
    try (Logs logs = Logs.capture()) {
      shared.close();
      assertThat(logs.atLeast("ERROR")).isEmpty();
    } finally {
      last.countDown();
    }
  }

  @Test
  void eachStateThatHangsIsNamed() {
    CountDownLatch end = new CountDownLatch(1);
    SharedStates shared = new SharedStates(Duration.ofMillis(50));
    shared.start(
        List.of(
            listener("a", protocol("one", any -> () -> Servers.await(end))),
            listener("b", protocol("quick", any -> () -> events.add("close quick"))),
            listener("c", protocol("two", any -> () -> Servers.await(end)))));
    try (Logs logs = Logs.capture()) {
      shared.close();
      assertThat(logs.atLeast("ERROR"))
          .filteredOn(line -> !line.contains("protocol quick")) // on a busy machine it is late, too
          .satisfiesExactly(
              line -> assertThat(line).contains("source=\"protocol two of "),
              line -> assertThat(line).contains("source=\"protocol one of "));
    } finally {
      end.countDown();
    }
  }

  /** A signal drains the server in the same way. */
  @Test
  void aServerThatIsDrainedDuringTheStart() throws Exception {
    CompletableFuture<Server> made = new CompletableFuture<>();
    Protocol<String, String> ends =
        protocol(
            "ends",
            any -> {
              made.join().drain().join();
              return () -> events.add("close ends");
            });
    Server server = server(listener("a", protocol("one")), listener("b", ends));
    made.complete(server);
    assertThatThrownBy(server::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the server was closed while it was starting");
    assertThat(events).containsExactly("start one of [a]", "close one", "close ends");
  }
}
