package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.junit.jupiter.api.Test;
import parley.codec.LineCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.echo.EchoProtocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.testing.Servers;

class ProofTest {

  private static final String MORE = "more ".repeat(4000);
  private static final byte[] BYTES = {0, 1, 2, (byte) 0xff};

  /** The proof of a greeting, unchanged or with something below it. */
  static Proof greeting(Protocol<String, String> protocol) {
    return Proof.of(protocol)
        .set(GreetingProtocol.MAX_LINE, 100)
        .set("answer", "Hi {name}")
        .transcript(
            Transcript.named("names")
                .receives("Hello, World!\n")
                .sends("Ada\n")
                .receives("Hi Ada\n")
                .sends("Grüße\r\n\n")
                .receives("Hi Grüße\nHi World\n"))
        .transcript(
            Transcript.named("quit")
                .receives("Hello, World!\n")
                .sends("Ada\nquit\n")
                .receives("Hi Ada\nGoodbye!\n")
                .closed())
        .limit(100, n -> "x".repeat(n) + "\n", n -> "Hi " + "x".repeat(n) + "\n")
        .endless("x")
        .refused("not UTF-8", new byte[] {(byte) 0xff, '\n'});
  }

  @Test
  void theGreetingPassesItsProof() {
    Report report = greeting(new GreetingProtocol()).refused("a CR inside", "a\rb\n").run();
    assertThat(report.failures()).isEmpty();
    assertThat(report.cases())
        .containsEntry("in step", 2)
        .containsEntry("garbage", 120)
        .containsEntry("the requests' codec, garbage", 1000);
    assertThat(report.cases().values()).as("cases of each kind").doesNotContain(0);
    assertThat(report.toString()).startsWith("proof of greeting passed: ");
  }

  @Test
  void echoPassesItsProof() {
    Proof.of(new EchoProtocol())
        .transcript(
            Transcript.named("bytes").sends(BYTES).receives(BYTES).sends("more").receives("more"))
        .check();
  }

  @Test
  void theLineCodecPassesItsProof() {
    Proof.of(new LineCodecFactory(StandardCharsets.UTF_8, 8)).stream(
            "lines", "a\r\n\nGrüße\n", "a", "", "Grüße")
        .limit(8, n -> "x".repeat(n) + "\n", n -> "x".repeat(n))
        .endless("x")
        .refused("not UTF-8", new byte[] {(byte) 0xc3, '\n'})
        .check();
  }

  @Test
  void minasLineCodecFailsItsProof() {
    Report report =
        Proof.of(new TextLineCodecFactory(StandardCharsets.UTF_8)).stream(
                "lines", "a\nb\n", "a", "b")
            .refused("not UTF-8", new byte[] {(byte) 0xc3, '\n'})
            .timeout(Duration.ofSeconds(2))
            .endless("x")
            .run();
    assertThat(report.failures())
        .extracting(failure -> failure.kind() + ", " + failure.lines().get(0))
        .containsExactly(
            "one byte at a time, bytes: \"\\xc3\\n\"",
            "truncated at every byte, before: \"a\"                to the same decoder",
            "after an error, before: \"\\xc3\"             to the same decoder");
  }

  @Test
  void aFailureShowsTheSmallestCase() {
    Proof proof =
        Proof.of(new Shout(Bug.TAIL_DROPPED, false))
            .transcript(
                Transcript.named("two words")
                    .sends("hello\r\n")
                    .receives("HELLO\r\n")
                    .sends("ada\r\n")
                    .receives("ADA\r\n"))
            .timeout(Duration.ofSeconds(1));
    assertThatThrownBy(proof::check)
        .isInstanceOf(ProofFailedException.class)
        .hasMessage(
            """
            proof of shout failed: cut at every byte (1 of 3 failing kinds; 16 cases tried)
              transcript "two words", smallest case:
                C: "h" | "ello\\r\\n"        ("|" is where reads end)
                S: "ELLO\\r\\n"              got
                S: "HELLO\\r\\n"             expected
              also failing: one byte at a time; many sessions interleaved
              later kinds were not run"""); // after three kinds it stops
  }

  @Test
  void aDefectOnTheServerIsAFailureThoughTheBytesAreRight() {
    Proof proof =
        Proof.of(
                Servers.lineProtocol(
                    new AnswerHandler<String, String>() {
                      @Override
                      protected Answer<String> answer(IoSession session, String line) {
                        return Answer.of(line);
                      }

                      @Override
                      public void inputClosed(IoSession session) {
                        throw new IllegalStateException("and now?");
                      }
                    }))
            .transcript(Transcript.named("a line").sends("a\n").receives("a\n"));
    assertThatThrownBy(proof::check)
        .hasMessageStartingWith(
            """
            proof of test-lines failed: in step (1 failing kind; 1 case tried)
              transcript "a line", smallest case:
                C: "a\\n"
                S: "a\\n"
                C: half-close
                thrown: java.lang.IllegalStateException: and now? at parley.proving.ProofTest""");
  }

  @Test
  void aHandlerThatHangsEndsTheProof() {
    CountDownLatch end = new CountDownLatch(1);
    Proof proof =
        Proof.of(
                Servers.lineProtocol(
                    AnswerHandler.of(
                        (IoSession session, String line) -> {
                          Servers.await(end);
                          return line;
                        })))
            .transcript(Transcript.named("a line").sends("a\n").receives("a\n"))
            .timeout(Duration.ofMillis(500));
    try {
      assertThatThrownBy(proof::check)
          .hasMessage(
              """
              proof of test-lines failed: in step (1 failing kind; 1 case tried)
                transcript "a line", smallest case:
                  C: "a\\n"
                  S: nothing                 got
                  S: "a\\n"                   expected
                  then: no answer within 500 ms
                  then: the event loop of this session is stuck
                later kinds were not run""");
    } finally {
      end.countDown();
    }
  }

  @Test
  void variablePartsAreMatched() {
    Proof.of(
            Servers.lineProtocol(
                new IoHandlerAdapter() {
                  @Override
                  public void sessionOpened(IoSession session) {
                    session.write("It is " + System.nanoTime());
                    session.closeOnFlush();
                  }
                }))
        .transcript(Transcript.named("time").receivesMatching("It is -?[0-9]+\n").closed())
        .check();
  }

  @Test
  void aServerThatStaysOpenIsLeft() {
    Proof.of(
            Servers.lineProtocol(
                new IoHandlerAdapter() {
                  @Override
                  public void sessionOpened(IoSession session) {
                    session.write(MORE);
                  }

                  @Override
                  public void messageSent(IoSession session, Object message) {
                    session.write(MORE);
                  }
                }))
        .transcript(Transcript.named("stream").receives((MORE + "\n").repeat(3)).goesOn())
        .check();
  }

  @Test
  void aTranscriptInStepIsNeverSentAhead() {
    Proof.of(
            Servers.lineProtocol(
                AnswerHandler.of((IoSession session, String line) -> inStep(session, line))))
        .transcript(
            Transcript.named("in step")
                .sends("a\n")
                .receives("a\n")
                .sends("b\n")
                .receives("b\n")
                .inStep())
        .check();
  }

  /** Answers as if the protocol forbade a request before the previous answer was sent. */
  private static String inStep(IoSession session, String line) {
    long before = (Long) session.getAttribute("written", 0L);
    session.setAttribute("written", session.getWrittenMessages() + 1);
    return session.getWrittenMessages() < before ? "too early" : line;
  }

  @Test
  void rejectsImpossibleProofs() {
    assertThatThrownBy(() -> Proof.of(new GreetingProtocol()).run())
        .hasMessageStartingWith("nothing to prove");
    assertThatThrownBy(
            () ->
                Proof.of(new GreetingProtocol())
                    .set("colour", 1)
                    .transcript(Transcript.named("none"))
                    .run())
        .hasMessageContaining("no setting colour");
    assertThatThrownBy(() -> Proof.of(new EchoProtocol()).limit(1, n -> n, n -> "x").run())
        .hasMessage("data: java.lang.Integer (expected: String or byte[])");
    assertThatThrownBy(() -> Proof.of(new EchoProtocol()).timeout(Duration.ZERO).endless("x").run())
        .hasMessage("timeout: PT0S (expected: > 0)");
  }
}
