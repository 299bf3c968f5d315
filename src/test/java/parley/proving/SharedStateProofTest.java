package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.codec.Codec;
import parley.codec.FrameCodecFactory;
import parley.codec.FrameDecoder;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.testing.Servers;

/** Protocols whose answers depend on other clients, or on earlier requests of the same client. */
class SharedStateProofTest {

  private static Proof chat(Chat.Bug bug) {
    return Proof.of(Servers.lineProtocol(new Chat(bug)))
        .timeout(Duration.ofSeconds(2))
        .transcript(
            Transcript.named("two talk")
                .client("ann")
                .receives("welcome\n")
                .client("bob")
                .receives("welcome\n")
                .client("ann")
                .receives("one comes\n")
                .sends("hello\n")
                .sends("there\n")
                .client("bob")
                .receives("hello\nthere\n")
                .sends("hi\n")
                .client("ann")
                .receives("hi\n")
                .leaves()
                .client("bob")
                .receives("one goes\n")
                .sends("quit\n")
                .receives("bye\n")
                .closed());
  }

  @Test
  void twoClientsOfOneTranscript() {
    Report report = chat(Chat.Bug.NONE).run();
    assertThat(report.failures()).as("%s", report).isEmpty();
    assertThat(report.cases())
        .containsEntry("in step", 1)
        .containsEntry("cut at every byte", 11 + 2 + 4)
        .containsEntry("one byte at a time", 3);
  }

  /** The scheduler decides which echo arrives first. */
  @Test
  void anAnswerThatAClientMustNotGetIsReported() {
    assertThatThrownBy(chat(Chat.Bug.ECHOES)::check)
        .isInstanceOf(ProofFailedException.class)
        .message()
        .startsWith(
            """
            proof of test-lines failed: in step (1 failing kind; 1 case tried)
              transcript "two talk", smallest case:
                S ann: "welcome\\n"
                S bob: "welcome\\n"
                S ann: "one comes\\n"
                C ann: "hello\\nthere\\n"
            """)
        .containsPattern("S (ann|bob): \".*\" +got\n +S \\1: .* +expected\n");
  }

  @Test
  void anAnswerMissingAtAnotherClientIsReported() {
    assertThatThrownBy(chat(Chat.Bug.SILENT_LEAVE)::check)
        .isInstanceOf(ProofFailedException.class)
        .message()
        .contains("C ann: half-close")
        .containsPattern("S bob: nothing +got\n +S bob: \"one goes\\\\n\" +expected")
        .contains("then: no answer within 2 s");
  }

  @Test
  void allClientsHaveNamesOrNone() {
    assertThatThrownBy(() -> Transcript.named("x").sends("a\n").client("ann"))
        .hasMessage(
            "client ann: a client without a name was used before (expected: names for all)");
    assertThatThrownBy(() -> Transcript.named("x").leaves())
        .hasMessage("leaves: no client is named (expected: client before it)");
  }

  private static final Transcript LOGIN =
      Transcript.named("login").sends("login ada\n").receives("ok\n");

  /** One login for each session. */
  private static Protocol<String, String> login(boolean refusesASecond) {
    return Servers.lineProtocol(
        AnswerHandler.of(
            (IoSession session, String line) -> {
              boolean isIn = session.containsAttribute("in");
              if (line.startsWith("login ")) {
                session.setAttribute("in");
                return isIn && refusesASecond ? Answer.last("ERR twice") : "ok";
              }
              return isIn ? line : Answer.last("ERR login first");
            }));
  }

  private static Proof logins(boolean refusesASecond) {
    return Proof.of(login(refusesASecond))
        .transcript(LOGIN.sends("a\n").receives("a\n"))
        .after(LOGIN)
        .limit(65536, n -> "x".repeat(n) + "\n", n -> "x".repeat(n) + "\n")
        .endless("x");
  }

  @Test
  void aRefusalAfterAState() {
    Report report = logins(true).refused("a second login", "login lin\n").run();
    assertThat(report.failures()).as("%s", report).isEmpty();
    assertThat(report.cases()).containsEntry("refused input", 4).containsEntry("endless", 1);
    assertThatThrownBy(
            logins(false).refused("a second login", "login lin\n").timeout(Duration.ofSeconds(1))
                ::check)
        .isInstanceOf(ProofFailedException.class)
        .message()
        .startsWith("proof of test-lines failed: refused input (")
        .contains("refused input \"a second login\" after transcript \"login\"");
  }

  @Test
  void aRefusalInNewSessionsOnly() {
    Proof.of(login(true))
        .transcript(LOGIN)
        .after(Transcript.named("nothing"))
        .refused("no login", "a\n")
        .after(LOGIN)
        .refused("a second login", "login lin\n")
        .check();
  }

  @Test
  void aStateNeedsOneClientThatStays() {
    assertThatThrownBy(() -> Proof.of(login(true)).after(LOGIN.closed()))
        .hasMessage("after transcript \"login\" (expected: one client, whose session stays open)");
    assertThatThrownBy(() -> Proof.of(login(true)).after(Transcript.named("two").client("ann")))
        .hasMessageStartingWith("after transcript \"two\" (expected: one client");
  }

  /** Numbers its answers over all sessions, from 1 again once no client is connected. */
  private static Proof counter(Transcript transcript) {
    AtomicInteger sessions = new AtomicInteger();
    AtomicInteger count = new AtomicInteger();
    return Proof.of(
            Servers.lineProtocol(
                new AnswerHandler<String, String>() {
                  @Override
                  public void sessionOpened(IoSession session) {
                    if (sessions.getAndIncrement() == 0) {
                      count.set(0);
                    }
                  }

                  @Override
                  protected Answer<String> answer(IoSession session, String line) {
                    return Answer.of(line + count.incrementAndGet());
                  }

                  @Override
                  public void sessionClosed(IoSession session) {
                    sessions.decrementAndGet();
                  }
                }))
        .timeout(Duration.ofSeconds(1))
        .transcript(transcript);
  }

  @Test
  void aFailureAmongOthersIsReportedAlone() {
    Transcript counted =
        Transcript.named("count").sends("a\n").receives("a1\n").sends("b\n").receives("b2\n");
    assertThatThrownBy(counter(counted)::check)
        .isInstanceOf(ProofFailedException.class)
        .message()
        .contains("failed: many sessions interleaved (")
        .contains(
            "hint: add .alone() to a transcript whose answers depend on what other sessions do");
    counter(counted.alone()).check();
  }

  /** A number of one byte, returned as text. */
  private static Proof oneWay() {
    Codec<Integer, Integer> codec =
        new FrameCodecFactory<>(
            () ->
                new FrameDecoder<Integer>(1) {
                  @Override
                  protected Integer readFrame(IoBuffer in) {
                    return (int) in.get();
                  }
                },
            (Integer number, IoBuffer out) -> out.put((number + ".").getBytes()));
    return Proof.of(Protocol.answering("number", codec, (session, number) -> number))
        .transcript(Transcript.named("five").sends(new byte[] {5}).receives("5."));
  }

  @Test
  void aFailedRoundTripNamesOneWay() {
    assertThatThrownBy(oneWay()::check)
        .isInstanceOf(ProofFailedException.class)
        .message()
        .contains("the requests' codec, encoded and decoded")
        .contains(
            "hint: add .oneWay() to the proof if the encoder need not produce the decoder's input");
    oneWay().oneWay().check();
  }
}
