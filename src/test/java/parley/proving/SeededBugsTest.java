package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The proving kit finds common bugs, each planted in an otherwise correct codec or handler. */
class SeededBugsTest {

  /** Bounds a wait that would never end. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static Proof shout(Bug bug) {
    return shout(new Shout(bug, false));
  }

  private static Proof shout(Shout protocol) {
    return Proof.of(protocol)
        .mostFailures(1)
        .transcript(
            Transcript.named("three words")
                .sends("hello\r\n")
                .receives("HELLO\r\n")
                .sends("grün\r\n")
                .receives("GRÜN\r\n")
                .sends("ab\r\n")
                .receives("AB\r\n"))
        .limit(Shout.MOST, n -> "x".repeat(n) + "\r\n", n -> "X".repeat(n) + "\r\n")
        .endless("x")
        .wholeFramesOnly();
  }

  private static Proof oneWord(Bug bug) {
    return Proof.of(new Shout(bug, false))
        .mostFailures(1)
        .transcript(Transcript.named("a word").sends("ab\r\n").receives("AB\r\n"));
  }

  private static CodecProof<Object> endless(Bug bug) {
    return Proof.of(new Shout.Lines(bug)).mostFailures(1).endless("x").timeout(SOON);
  }

  private static CodecProof<Object> lines(Bug bug) {
    return Proof.of(new Shout.Lines(bug)).mostFailures(1).stream(
            "two words", "hello\r\nab\r\n", "hello", "ab")
        .limit(Shout.MOST, n -> "x".repeat(n) + "\r\n", n -> "x".repeat(n))
        .endless("x")
        .wholeFramesOnly();
  }

  private static Proof lengths(Bug bug) {
    return Proof.of(new Lengths(bug))
        .mostFailures(1)
        .transcript(
            Transcript.named("two frames")
                .sends("\0\3abc")
                .receives("\0\3abc")
                .sends("\0\1x")
                .receives("\0\1x"))
        .transcript(
            Transcript.named("200 bytes").sends(Lengths.frame(200)).receives(Lengths.frame(200)))
        .limit(Lengths.MOST, Lengths::frame, Lengths::frame)
        .wholeFramesOnly();
  }

  /** Returns the kind and the smallest case of the first finding. */
  private static String found(Report report) {
    assertThat(report.passed()).as("passed").isFalse();
    Report.Failure first = report.failures().get(0);
    return first.kind() + "\n" + first.toString().replaceAll(" +", " ").replaceAll(":\\d+\\)", ")");
  }

  @Test
  void stateKeptAfterAnError() {
    assertThat(found(lines(Bug.STATE_KEPT_AFTER_AN_ERROR).run()))
        .isEqualTo(
            """
            after an error
             stream "two words", smallest case:
             before: "xxxxxxxxx" to the same decoder
             bytes: "\\n"
             frames: refused got
             frames: nothing expected, as when whole and alone
            """
                .strip());
  }

  @Test
  void stateKeptAfterTheEndOfTheStream() {
    assertThat(found(lines(Bug.STATE_KEPT_AFTER_THE_END).run()))
        .isEqualTo(
            """
            truncated at every byte
             stream "two words", smallest case:
             before: "h" to the same decoder
             bytes: "\\r\\n"
             frames: "h" got
             frames: "" expected, as when whole and alone
            """
                .strip());
  }

  /** The sessions are on two event loops: which case is the smallest depends on their timing. */
  @Test
  void aDecoderForAllSessions() {
    assertThat(found(shout(Bug.DECODER_SHARED).run()))
        .matches(
            """
            (?s)many sessions interleaved
             transcript "three words", [23] sessions, smallest case:
             C\\d: .*
             S\\d: .* expected
            .*\
             hint: add \\.alone\\(\\) to a transcript whose answers depend on what other sessions do
            """
                .strip());
  }

  @Test
  void aDecoderForAllSessionsInMemory() {
    assertThat(found(lines(Bug.DECODER_SHARED).run()))
        .isEqualTo(
            """
            two sessions in turn
             stream "two words" beside a frame of 7 units, smallest case:
             bytes1: "\\n"
             bytes2: "\\r\\n"
             frames2: "\\n" got
             frames2: "" expected, as when whole and alone
            """
                .strip());
  }

  @Test
  void aLimitOneTooLow() {
    assertThat(found(shout(Bug.LIMIT_ONE_TOO_FEW).run()))
        .isEqualTo(
            """
            the limit
             a request of 8 units, smallest case:
             C: "xxxxxxxx\\r\\n"
             S: nothing got
             S: "XXXXXXXX\\r\\n" expected
             then: the server ended the connection
            """
                .strip());
  }

  @Test
  void aLimitOneTooHigh() {
    assertThat(found(shout(Bug.LIMIT_ONE_TOO_MANY).run()))
        .isEqualTo(
            """
            the limit
             a request of 9 units, smallest case:
             C: "xxxxxxxxx\\r\\n"
             S: "XXXXXXXXX\\r\\n" got
             S: no such answer expected
            """
                .strip());
  }

  @Test
  void aLimitThatForgetsEarlierReads() {
    assertThat(found(shout(Bug.LIMIT_FORGETS_EARLIER_READS).run()))
        .isEqualTo(
            """
            the limit
             a request of 9 units, smallest case:
             C: "xxxxxxxx" | "x\\r\\n" ("|" is where reads end)
             S: "XXXXXXXXX\\r\\n" got
             S: no such answer expected
            """
                .strip());
  }

  @Test
  void noLimit() {
    assertThat(found(endless(Bug.NO_LIMIT).run()))
        .isEqualTo(
            """
            endless
             endless "x", smallest case:
             bytes: "x", again and again
             then: the decoder did not reject it in time
            """
                .strip());
  }

  @Test
  void theTailOfAReadDropped() {
    assertThat(found(shout(Bug.TAIL_DROPPED).run()))
        .isEqualTo(
            """
            cut at every byte
             transcript "three words", smallest case:
             C: "h" | "ello\\r\\n" ("|" is where reads end)
             S: "ELLO\\r\\n" got
             S: "HELLO\\r\\n" expected
            """
                .strip());
  }

  @Test
  void oneFramePerRead() {
    assertThat(found(shout(Bug.ONE_LINE_A_READ).timeout(SOON).run()))
        .isEqualTo(
            """
            coalesced
             transcript "three words", smallest case:
             C: "grün\\r\\nab\\r\\n"
             S: "GRÜN\\r\\n"
             S: nothing got
             S: "AB\\r\\n" expected
             then: no answer within 2 s
            """
                .strip());
  }

  @Test
  void aMissedDelimiterSplitBetweenReads() {
    assertThat(found(shout(Bug.DELIMITER_SPLIT_MISSED).run()))
        .isEqualTo(
            """
            cut at every byte
             transcript "three words", smallest case:
             C: "hello\\r" | "\\nab\\r\\n" ("|" is where reads end)
             S: nothing got
             S: "HELLO\\r\\nAB\\r\\n" expected
             then: the server ended the connection
            """
                .strip());
  }

  @Test
  void charactersCutBetweenReads() {
    assertThat(found(shout(Bug.CHARACTERS_CUT).run()))
        .isEqualTo(
            """
            cut at every byte
             transcript "three words", smallest case:
             C: "gr\\xc3" | "\\xbcn\\r\\n" ("|" is where reads end)
             S: "GR\\xef\\xbf\\xbd\\xef\\xbf\\xbdN\\r\\n" got
             S: "GRÜN\\r\\n" expected
            """
                .strip());
  }

  @Test
  void halfALineDelivered() {
    assertThat(found(shout(Bug.HALF_A_FRAME_DELIVERED).run()))
        .isEqualTo(
            """
            truncated at every byte
             transcript "three words", smallest case:
             C: "h"
             C: half-close
             S: "H\\r\\n" got
             S: "HELLO\\r\\n" expected at most
            """
                .strip());
  }

  @Test
  void halfAFrameDelivered() {
    assertThat(found(lengths(Bug.HALF_A_FRAME_DELIVERED).run()))
        .isEqualTo(
            """
            truncated at every byte
             transcript "two frames", smallest case:
             C: "\\x00\\x03a"
             C: half-close
             S: "\\x00\\x01a" got
             S: "\\x00\\x03abc" expected at most
            """
                .strip());
  }

  @Test
  void aLengthByteSignExtended() {
    assertThat(found(lengths(Bug.LENGTH_SIGN_EXTENDED).run()))
        .isEqualTo(
            """
            in step
             transcript "200 bytes", smallest case:
             C: "\\x00\\xc8xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"...(154 more)..."xxxxxxxxxxxxxxxx"
             S: nothing got
             S: "\\x00\\xc8xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"...(154 more)..."xxxxxxxxxxxxxxxx" expected
             then: the server ended the connection
            """
                .strip());
  }

  @Test
  void aNegativeLength() {
    assertThat(found(lengths(Bug.NEGATIVE_LENGTH).run()))
        .isEqualTo(
            """
            garbage
             garbage, smallest case:
             C: "\\xcad"
             C: half-close
             thrown: java.lang.NegativeArraySizeException: -13724 at parley.proving.Lengths$LengthDecoder.length(Lengths.java)
            """
                .strip());
  }

  @Test
  void oneBufferForAllEncodedMessages() {
    assertThat(found(lines(Bug.ENCODER_REUSES_ITS_BUFFER).run()))
        .isEqualTo(
            """
            encoded and decoded
             stream "two words", smallest case:
             frame: "hello"
             encoded: "hello\\r\\n"
             then: another session's "ab" was encoded
             encoded: "ab\\r\\n" is unsent output of the first
            """
                .strip());
  }

  @Test
  void answersThatOvertake() {
    assertThat(found(shout(Bug.ANSWERS_OVERTAKE).run()))
        .isEqualTo(
            """
            coalesced
             transcript "three words", smallest case:
             C: "grün\\r\\nab\\r\\n"
             S: "AB\\r\\nGRÜN\\r\\n" got
             S: "GRÜN\\r\\nAB\\r\\n" expected
            """
                .strip());
  }

  @Test
  void aLateAnswerLostAtHalfClose() {
    assertThat(found(oneWord(Bug.LATE_ANSWER_LOST).run()))
        .isEqualTo(
            """
            half-close at once
             transcript "a word", smallest case:
             C: "ab\\r\\n"
             C: half-close
             S: nothing got
             S: "AB\\r\\n" expected
             then: the server ended the connection
            """
                .strip());
  }

  @Test
  void aDecoderThatHangs() {
    assertThat(found(lines(Bug.DECODER_HANGS).timeout(SOON).run()))
        .isEqualTo(
            """
            garbage
             garbage, smallest case:
             bytes: "xxxxx" | "x" | "xx\\r\\n\\r\\n" ("|" is where reads end)
             bytes: end
             then: the decoder did not return
            """
                .strip());
  }

  @Test
  void withoutABugAllPasses() {
    shout(Bug.NONE).check();
    lines(Bug.NONE).check();
    lengths(Bug.NONE).check();
    shout(new Shout(Bug.NONE, true)).check();
  }
}
