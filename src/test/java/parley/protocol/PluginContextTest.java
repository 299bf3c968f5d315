package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.PluginJar;
import parley.testing.Servers;

/**
 * During each call into a plug-in, and only then, the context class loader is the plug-in's own.
 */
class PluginContextTest {

  private static final String CALLS = "parley.test.calls";

  /** Records each call, and whether ServiceLoader finds the jar's services there. */
  private static final String WATCHED =
      """
      import java.util.*;
      import org.apache.mina.core.buffer.IoBuffer;
      import org.apache.mina.core.filterchain.*;
      import org.apache.mina.core.service.*;
      import org.apache.mina.core.session.*;
      import org.apache.mina.core.write.WriteRequest;
      import org.apache.mina.filter.FilterEvent;
      import org.apache.mina.filter.codec.*;
      import parley.codec.*;
      import parley.protocol.*;
      import parley.internal.loop.EventLoop;

      public class Watched implements Protocol<String, String> {
        static { note("static"); }

        @SuppressWarnings("unchecked")
        static void note(String call) {
          boolean own = Thread.currentThread().getContextClassLoader() == Watched.class.getClassLoader();
          ((Map<String, Boolean>) System.getProperties().get("parley.test.calls"))
              .merge(call, own, Boolean::logicalAnd);
        }

        private static final Setting<String> WORD =
            Setting.text("word", "a").check(word -> { note("check"); return null; });

        public Watched() { note("constructor"); }
        public String name() { note("name"); return "watched"; }
        public List<Setting<?>> settings() { note("settings"); return List.of(WORD); }

        public Correlation<String, String> correlation() {
          note("correlation");
          return Correlation.byKey(
              request -> { note("key"); return request; }, answer -> { note("key"); return answer; });
        }

        public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
          note("extend");
          chain.addLast("watched", new Filter());
        }

        public Codec<String, String> codec(Settings settings) {
          note("codec");
          LineCodecFactory lines = new LineCodecFactory();
          return new Codec<>() {
            public ProtocolEncoder getEncoder(IoSession session) throws Exception {
              note("getEncoder");
              ProtocolEncoder encoder = lines.getEncoder(session);
              return new ProtocolEncoder() {
                public void encode(IoSession s, Object message, ProtocolEncoderOutput out) throws Exception {
                  note("encode");
                  encoder.encode(s, message, out);
                }
                public void dispose(IoSession s) throws Exception { note("dispose"); encoder.dispose(s); }
              };
            }
            public ProtocolDecoder getDecoder(IoSession session) throws Exception {
              note("getDecoder");
              return lines.getDecoder(session);
            }
          };
        }

        public Codec<String, String> clientCodec(Settings settings) {
          return codec(settings);
        }

        public IoHandler handler(Settings settings) {
          note("handler");
          return new Handler();
        }

        static final class Filter extends IoFilterAdapter {
          public void onPreAdd(IoFilterChain c, String n, NextFilter next) { note("onPreAdd"); }
          public void onPostRemove(IoFilterChain c, String n, NextFilter next) { note("onPostRemove"); }
          public void filterWrite(NextFilter next, IoSession s, WriteRequest r) throws Exception {
            note("filterWrite");
            next.filterWrite(s, r);
          }
          public void filterClose(NextFilter next, IoSession s) throws Exception {
            note("filterClose");
            next.filterClose(s);
          }
          public void inputClosed(NextFilter next, IoSession s) throws Exception {
            note("filter's inputClosed");
            next.inputClosed(s);
          }
        }

        static final class Handler extends AnswerHandler<String, String> {
          public void sessionCreated(IoSession s) {
            note("sessionCreated");
            s.getConfig().setBothIdleTime(1);
            s.getCloseFuture().addListener(closed -> note("close listener"));
          }
          public void sessionOpened(IoSession s) { note("sessionOpened"); }
          public void sessionIdle(IoSession s, IdleStatus i) { note("sessionIdle"); s.write("idle"); }
          protected boolean reportsSent() { return true; }
          public void messageSent(IoSession s, Object m) { note("messageSent"); }
          public void inputClosed(IoSession s) throws Exception {
            note("inputClosed");
            super.inputClosed(s);
          }
          public void sessionClosed(IoSession s) { note("sessionClosed"); }
          public void event(IoSession s, FilterEvent e) { note("event"); s.write("bye"); }
          public void exceptionCaught(IoSession s, Throwable t) throws Exception {
            note("exceptionCaught");
            super.exceptionCaught(s, t);
          }
          protected Answer<String> refusal(IoSession s, FrameException e) { note("refusal"); return Answer.of("ERR"); }
          protected Answer<String> answer(IoSession s, String line) {
            note("answer");
            if (ServiceLoader.load(Protocol.class).stream().noneMatch(p -> p.type() == Watched.class)) {
              return Answer.of("not found");
            }
            if (line.equals("push")) {
              s.write("pushed").addListener(written -> note("write listener"));
              EventLoop.onLoopOf(s, () -> { note("task"); s.write("task"); });
              return Answer.none();
            }
            return line.equals("later")
                ? Answer.later(java.util.concurrent.CompletableFuture.supplyAsync(() -> line)) // a thread without it
                : Answer.of(line);
          }
        }
      }
      """;

  /** The class loader of an application, such as one in a container. */
  private final ClassLoader application =
      new URLClassLoader(new URL[0], getClass().getClassLoader());

  private final Map<String, Boolean> calls = new ConcurrentHashMap<>();

  @TempDir private Path folder;

  @BeforeEach
  void watch() throws Exception {
    System.getProperties().put(CALLS, calls);
    PluginJar.of(folder.resolve("watched.jar"), "Watched", WATCHED, List.of("Watched"));
  }

  /** Sets it in the test's own method, because JUnit restores it between two methods. */
  private void setTheApplicationsLoader() {
    Thread.currentThread().setContextClassLoader(application);
  }

  @AfterEach
  void restore() {
    System.getProperties().remove(CALLS);
  }

  private void assertOwnLoaderInEach(String... expected) {
    assertThat(calls).doesNotContainValue(false);
    assertThat(calls.keySet()).containsExactlyInAnyOrder(expected);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(application);
  }

  private static void converse(Server server) throws Exception {
    try (Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      assertThat(peer.send("later\n").line()).isEqualTo("later");
      peer.send("push\n");
      assertThat(List.of(peer.line(), peer.line())).containsExactlyInAnyOrder("pushed", "task");
      assertThat(peer.line()).isEqualTo("idle");
      assertThat(peer.send("later\n").halfClose().line()).startsWith("later");
      while (peer.read() >= 0) {
        // the session may have been idle again
      }
    }
    try (Peer peer = Servers.peer(server)) {
      assertThat(peer.send(new byte[] {(byte) 0xff, '\n'}).rest()).isEqualTo("ERR\n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aServerSetsThePluginsLoaderForEachCall(int executorThreads) throws Exception {
    setTheApplicationsLoader();
    Protocol<?, ?> watched = Protocols.load(folder).find("watched");
    try (Server server =
            Servers.with(
                watched, config -> config.set("word", "b").executorThreads(executorThreads));
        Server full = Servers.with(watched, config -> config.limit(Limits.CONNECTIONS, 1))) {
      converse(server);
      try (Peer last = Servers.peer(full)) {
        assertThat(last.send("a\n").line()).isEqualTo("a");
        try (Peer refused = Servers.peer(full)) {
          assertThat(refused.rest()).isEqualTo("ERR\n");
        }
        full.drain();
        assertThat(last.rest()).endsWith("bye\n");
      }
      full.ended().join();
    }
    assertOwnLoaderInEach(
        "static",
        "constructor",
        "name",
        "settings",
        "check",
        "codec",
        "handler",
        "extend",
        "getEncoder",
        "getDecoder",
        "encode",
        "dispose",
        "refusal",
        "answer",
        "task",
        "onPreAdd",
        "onPostRemove",
        "filterWrite",
        "filterClose",
        "filter's inputClosed",
        "sessionCreated",
        "sessionOpened",
        "sessionIdle",
        "messageSent",
        "inputClosed",
        "sessionClosed",
        "event",
        "exceptionCaught",
        "write listener",
        "close listener");
  }

  @SuppressWarnings("unchecked") // its source is above
  private Protocol<String, String> find(String name) {
    return (Protocol<String, String>) Protocols.load(folder).find(name);
  }

  /** The code that follows an answer belongs to the application, and has its context. */
  @Test
  void aClientSetsThePluginsLoaderForEachCall() throws Exception {
    setTheApplicationsLoader();
    Protocol<String, String> watched = find("watched");
    try (Server server = Servers.greeting()) {
      calls.clear();
      CompletableFuture<ClassLoader> unasked = new CompletableFuture<>();
      ClientConfig<String, String> config =
          ClientConfig.builder(Servers.endpoint(server), watched)
              .set("word", "b")
              .onUnsolicited(frame -> unasked.complete(context()))
              .build();
      Client<String, String> client = Client.connect(config);
      CompletableFuture<ClassLoader> after = client.ask("Hello, Ada!").thenApply(any -> context());
      CompletableFuture<ClassLoader> sent = client.send("Ada").thenApply(any -> context());
      CompletableFuture<ClassLoader> lost = client.lost().thenApply(any -> context());
      assertThat(unasked.join()).isSameAs(application); // of the banner
      assertThat(after.join()).isSameAs(application);
      assertThat(sent.join()).isSameAs(application);
      client.close();
      assertThat(lost.join()).isSameAs(application);
      assertThatThrownBy(() -> client.ask("x").join()).hasMessageContaining("connection closed");
    }
    assertOwnLoaderInEach(
        "name",
        "settings",
        "check",
        "codec",
        "extend",
        "correlation",
        "key",
        "getEncoder",
        "getDecoder",
        "encode",
        "dispose",
        "onPreAdd",
        "onPostRemove",
        "filterWrite",
        "filterClose");
  }

  private static ClassLoader context() {
    return Thread.currentThread().getContextClassLoader();
  }

  /** This holds even if a handler has set another context and left it. */
  @Test
  void theLoopsThreadsKeepTheirs() throws Exception {
    setTheApplicationsLoader();
    String sets = "Thread.currentThread().setContextClassLoader(null);";
    PluginJar.of(
        folder.resolve("sets.jar"),
        "Sets",
        PluginJar.source("Sets", "sets", "")
            .replace("line) -> line)", "line) -> { " + sets + " return line; })"),
        List.of("Sets"));
    try (Server server = Servers.of(Protocols.load(folder).find("sets"));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\n").line()).isEqualTo("a");
      Servers.awaitRounds(Servers.session(server));
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().startsWith("EventLoop-")) // a name that MINA gives
          .isNotEmpty()
          .allSatisfy(t -> assertThat(t.getContextClassLoader()).isSameAs(application));
    }
  }
}
