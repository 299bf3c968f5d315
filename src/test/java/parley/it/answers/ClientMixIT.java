package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import parley.client.AnswerTimeoutException;
import parley.client.Backoff;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.client.ClientException;
import parley.client.ConnectionLostException;
import parley.client.WhenFull;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Seeds;
import parley.testing.Servers;

/**
 * Many threads and callbacks use one client, with short timeouts and few places in flight. Some
 * requests are given up, and the server answers late, not at all, or ends the connection. Each
 * future completes with its own answer or with a permitted failure. After a drain the client holds
 * nothing.
 */
class ClientMixIT {

  private static final int THREADS = 3;
  private static final int EACH = 400;
  private static final String LOGIN = "login";

  @TestFactory
  List<DynamicTest> noAnswerIsAnothers() {
    return Seeds.tests(12, seed -> () -> mix(seed));
  }

  /** The probability of each failure in one mix: one in this number; 0 for never. */
  private record Harms(
      int ends, int silent, int givenUp, boolean hasShortTimeouts, boolean isFull) {

    static Harms any(Random random) {
      return new Harms(
          random.nextBoolean() ? 0 : 50 + random.nextInt(300),
          random.nextInt(3) > 0 ? 0 : 100,
          random.nextBoolean() ? 0 : 20,
          random.nextInt(3) == 0,
          random.nextInt(3) == 0);
    }

    boolean losesSilent() {
      return silent > 0 || hasShortTimeouts;
    }
  }

  private static boolean isOne(int of, Object text) {
    return of > 0 && Math.floorMod(text.hashCode(), of) == 0;
  }

  private static void mix(long seed) throws Exception {
    Random random = Seeds.random(seed);
    boolean byKey = random.nextBoolean();
    Harms harms = Harms.any(random);
    String what = "seed " + seed + ": byKey=" + byKey + " " + harms;
    ScheduledExecutorService others = Executors.newScheduledThreadPool(2);
    boolean logsIn = random.nextBoolean();
    Answers answering = new Answers(harms, byKey, logsIn, others);
    Protocol<String, String> protocol =
        Protocol.of(
            "mix",
            new LineCodecFactory(StandardCharsets.UTF_8, 1 << 16),
            answering,
            byKey ? Correlation.byKey(ClientMixIT::key, ClientMixIT::key) : Correlation.inOrder());
    ClientConfig.Builder<String, String> config =
        ClientConfig.builder(Servers.FREE.withPort(1), protocol);
    try (Server server = Servers.of(protocol)) {
      config
          .endpoint(server.endpoint())
          .maxInFlight(List.of(4, 100, 5000).get(random.nextInt(3)))
          .answerTimeout(
              harms.hasShortTimeouts || harms.silent > 0
                  ? Duration.ofMillis(1 + random.nextInt(20))
                  : Duration.ofSeconds(60))
          .whenFull(random.nextBoolean() ? WhenFull.WAIT : WhenFull.FAIL)
          .reconnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)));
      more(config, random, harms, logsIn);
      try (Client<String, String> client = Client.connect(config.build())) {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          askers.add(new Asker(i, client, harms, random.nextLong()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (Future<Void> done : threads.invokeAll(askers)) {
          done.get();
        }
        threads.shutdown();
        for (Asker asker : askers) {
          asker.check(what);
        }
        client.drain().get(60, TimeUnit.SECONDS);
        assertThat(answering.beforeLogin).as(what).isEmpty();
        assertThat(client.inFlight()).as(what).isZero();
      }
    } finally {
      others.shutdownNow();
    }
  }

  private static void more(
      ClientConfig.Builder<String, String> config, Random random, Harms harms, boolean logsIn) {
    AtomicInteger number = new AtomicInteger();
    if (harms.isFull) {
      config.outboundBytes(64 << 10);
    }
    if (harms.losesSilent()) {
      config.silenceTimeout(Duration.ofMillis(20 + random.nextInt(200)));
    }
    if (random.nextInt(3) == 0) {
      config.heartbeat(
          Duration.ofMillis(1 + random.nextInt(10)), () -> "beat" + number.incrementAndGet() + " ");
    }
    if (logsIn) {
      config.onConnect(
          now -> now.ask(LOGIN + number.incrementAndGet() + " ", Duration.ofSeconds(60)));
      config.retryFirstConnect(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)));
    }
  }

  private static Object key(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  /** Answers each line at once, later or never, or ends the connection instead. */
  private static final class Answers extends AnswerHandler<String, String> {

    private final Harms harms;
    private final boolean byKey;
    private final boolean logsIn;
    private final ScheduledExecutorService others;
    private final List<String> beforeLogin = new CopyOnWriteArrayList<>();

    Answers(Harms harms, boolean byKey, boolean logsIn, ScheduledExecutorService others) {
      this.harms = harms;
      this.byKey = byKey;
      this.logsIn = logsIn;
      this.others = others;
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      if (line.startsWith(LOGIN)) {
        session.setAttribute(LOGIN);
        return Answer.of(line);
      }
      if (logsIn && !session.containsAttribute(LOGIN)) {
        beforeLogin.add(line);
      }
      if (isOne(harms.ends, line)) {
        var unused = line.length() % 2 == 0 ? session.closeNow() : session.closeOnFlush();
        return Answer.none();
      }
      if (isOne(harms.silent, line)) {
        return Answer.later(new CompletableFuture<>());
      }
      if (line.hashCode() % 3 != 0) {
        return Answer.of(line);
      }
      CompletableFuture<String> later = new CompletableFuture<>();
      var unused =
          others.schedule(
              () -> later.complete(line), line.hashCode() & 0x1FFF, TimeUnit.MICROSECONDS);
      return Answer.later(later);
    }

    @Override
    protected boolean inOrder() {
      return !byKey;
    }
  }

  /** Asks, and asks again in the callback of an answer. */
  private static final class Asker implements Callable<Void> {

    private final int number;
    private final Client<String, String> client;
    private final Harms harms;
    private final Random random;
    private final List<String> lines = new ArrayList<>();
    private final List<CompletableFuture<String>> answers = new ArrayList<>();

    Asker(int number, Client<String, String> client, Harms harms, long seed) {
      this.number = number;
      this.client = client;
      this.harms = harms;
      random = new Random(seed);
    }

    @Override
    public Void call() throws Exception {
      for (int i = 0; i < EACH; i++) {
        String line = number + "-" + i + " " + "x".repeat(random.nextInt(500));
        ask(line);
        if (random.nextInt(20) == 0) {
          client.connected().get(60, TimeUnit.SECONDS);
        }
        if (random.nextInt(3) == 0) {
          answers.get(answers.size() - 1).handle((answer, none) -> none).get(60, TimeUnit.SECONDS);
        }
      }
      return null;
    }

    private void ask(String line) {
      CompletableFuture<String> first = client.ask(line);
      add(line, first);
      if (isOne(harms.givenUp, line)) {
        first.cancel(false);
      }
      if (random.nextInt(4) == 0) {
        String next = number + "n" + line;
        add(next, first.handle((answer, none) -> none).thenCompose(any -> client.ask(next)));
      }
    }

    private void add(String line, CompletableFuture<String> answer) {
      lines.add(line);
      answers.add(answer);
    }

    void check(String what) throws Exception {
      assertThat(lines).hasSizeGreaterThanOrEqualTo(EACH);
      for (int i = 0; i < lines.size(); i++) {
        CompletableFuture<String> answer = answers.get(i);
        try {
          assertThat(answer.get(60, TimeUnit.SECONDS)).as(what).isEqualTo(lines.get(i));
        } catch (ExecutionException failed) {
          assertMayBe(what, failed.getCause());
        } catch (CancellationException givenUp) {
          assertMayBe(what, givenUp);
        }
      }
    }

    private void assertMayBe(String what, Throwable failure) {
      String message = String.valueOf(failure.getMessage());
      boolean isFull =
          failure.getClass() == ClientException.class
              && (message.startsWith("too many pending requests: ")
                  || message.startsWith("too many requests given up")
                  || (message.startsWith("too many bytes wait to be sent: ") && harms.isFull));
      boolean mayBe =
          isFull
              || (failure instanceof ConnectionLostException || message.startsWith("not sent, "))
                  && (harms.ends > 0 || harms.losesSilent())
              || failure instanceof AnswerTimeoutException
                  && (harms.hasShortTimeouts || harms.silent > 0)
              || failure instanceof CancellationException && harms.givenUp > 0;
      assertThat(mayBe).as(what + ": " + failure).isTrue();
    }
  }
}
