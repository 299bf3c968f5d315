package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.server.Server;
import parley.testing.Servers;

/** Answers in any order, which are matched by their keys. */
@Tag("smoke")
class ByKeyTest {

  /** Lines "KEY WORD"; the test chooses the server's answers. */
  private static final class Keyed implements Protocol.Symmetric<String> {

    final BlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();
    final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    volatile IoSession session;

    @Override
    public String name() {
      return "keyed";
    }

    @Override
    public Codec<String, String> codec(Settings settings) {
      return new LineCodecFactory();
    }

    @Override
    public AnswerHandler<String, String> handler(Settings settings) {
      return AnswerHandler.<String, String>inAnyOrder(
          (from, frame) -> {
            session = from;
            CompletableFuture<String> answer = new CompletableFuture<>();
            frames.add(frame);
            asked.add(answer);
            return Answer.later(answer);
          });
    }

    @Override
    public Correlation<String, String> correlation() {
      return Correlation.byKey(Keyed::key, Keyed::key);
    }

    private static @Nullable String key(String line) {
      if (line.startsWith("!")) {
        throw new IllegalStateException("no key can be read");
      }
      int space = line.indexOf(' ');
      return space < 0 ? null : line.substring(0, space);
    }
  }

  private final Keyed protocol = new Keyed();
  private final BlockingQueue<Object> unasked = new LinkedBlockingQueue<>();

  private Client<String, String> connect(Server server) throws ConnectException {
    return Client.connect(
        ClientConfig.builder(Servers.endpoint(server), protocol)
            .onUnsolicited(unasked::add)
            .build());
  }

  @Test
  void eachAnswerFindsItsRequestInAnyOrder() throws Exception {
    try (Server server = Servers.of(protocol);
        Client<String, String> client = connect(server)) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(client.ask(i + " ask"));
      }
      List<Integer> order = new ArrayList<>();
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        order.add(i);
        asked.add(protocol.asked.take());
      }
      Collections.shuffle(order, new java.util.Random(1));
      order.forEach(i -> asked.get(i).complete(i + " answer"));
      for (int i = 0; i < 500; i++) {
        assertThat(answers.get(i).join()).isEqualTo(i + " answer");
      }
      assertThat(client.inFlight()).isZero();
    }
  }

  @Test
  void aKeyIsInFlightAtMostOnce() throws Exception {
    try (Server server = Servers.of(protocol);
        Client<String, String> client = connect(server)) {
      CompletableFuture<String> first = client.ask("1 a");
      assertThatThrownBy(client.ask("1 b")::join)
          .cause()
          .isInstanceOf(ClientException.class)
          .hasMessage("key 1 is in flight (expected: a unique key)");
      assertThatThrownBy(client.ask("nokey")::join)
          .hasMessageContaining("the request has no key (expected: ");
      assertThatThrownBy(client.ask("!bad")::join).hasMessageContaining("no key can be read");
      protocol.asked.take().complete("1 x");
      assertThat(first.join()).isEqualTo("1 x");
      CompletableFuture<String> again = client.ask("1 c");
      protocol.asked.take().complete("1 y");
      assertThat(again.join()).isEqualTo("1 y");
      assertThat(protocol.frames).containsExactly("1 a", "1 c");
    }
  }

  /** Answers that never come do not hold their places forever. */
  @Test
  void lostAnswersGiveWayToNewRequests() throws Exception {
    try (Server server = Servers.of(protocol);
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), protocol)
                    .maxInFlight(2)
                    .onUnsolicited(unasked::add)
                    .build())) {
      List<CompletableFuture<String>> lost = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        CompletableFuture<String> ask = client.ask(i + " lost");
        lost.add(protocol.asked.take()); // it was sent
        ask.cancel(false);
      }
      CompletableFuture<String> kept = client.ask("7 kept");
      CompletableFuture<String> other = client.ask("8 other");
      assertThatThrownBy(client.ask("9 more")::join)
          .hasMessageContaining("too many pending requests: 2 (");
      lost.get(0).complete("0 late");
      protocol.asked.take().complete("7 x");
      protocol.asked.take().complete("8 y");
      assertThat(kept.join()).isEqualTo("7 x");
      assertThat(other.join()).isEqualTo("8 y");
      assertThat(unasked).containsExactly("0 late");
    }
  }

  @Test
  void unexpectedAnswersGoToTheListener() throws Exception {
    try (Server server = Servers.of(protocol);
        Client<String, String> client = connect(server)) {
      CompletableFuture<String> answer = client.ask("1 a");
      CompletableFuture<String> asked = protocol.asked.take();
      protocol.session.write("2 pushed");
      protocol.session.write("keyless");
      asked.complete("1 x");
      assertThat(answer.join()).isEqualTo("1 x");
      assertThat(unasked).containsExactly("2 pushed", "keyless");
    }
  }

  @Test
  void anAnswerWhoseKeyCannotBeReadEndsTheConnection() throws Exception {
    try (Server server = Servers.of(protocol);
        Client<String, String> client = connect(server)) {
      CompletableFuture<String> answer = client.ask("1 a");
      protocol.asked.take().complete("!");
      assertThatThrownBy(answer::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("no key can be read");
    }
  }
}
