package parley.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.CutShortException;
import parley.internal.loop.EventLoop;
import parley.internal.loop.TestClock;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Limits;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Echo;
import parley.testing.Logs;
import parley.testing.Servers;
import parley.tls.TlsConfig;

/** How TLS sessions and handshakes end: by either side, and by input that is not TLS. */
class TlsEndsTest {

  private static final String V13 = "TLSv1.3";
  private static final String V12 = "TLSv1.2";

  private static Server greeting() throws Exception {
    return Certs.serve(Certs.listener(new GreetingProtocol()));
  }

  private static String lines(int count, String before, String after) {
    return IntStream.range(0, count)
        .mapToObj(i -> before + i + after + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void aHandshakeHasADeadline() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .tls(TlsConfig.HANDSHAKE_TIMEOUT, Duration.ofMillis(50)));
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      TestClock clock = TestClock.of(server);
      Servers.session(server);
      clock.advance(51);
      assertThat(peer.raw().bytes()).hasSizeLessThan(100); // an alert
    }
  }

  /** The bytes of an incomplete record postpone neither this deadline nor the idle timeout. */
  @Test
  void aDripOfARecordHasTheDeadlineOfAFrame() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .limit(Limits.FRAME_TIMEOUT, Duration.ofMillis(200)));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, World!");
      assertThat(peer.line()).isEqualTo("Hello, Ada!");
      TestClock clock = TestClock.of(server);
      IoSession session = Servers.session(server);
      byte[] record = peer.records("x".repeat(4000) + "\n");
      for (int i = 0; i < 5; i++) {
        long before = session.getReadBytes();
        peer.sendRaw(new byte[] {record[i]});
        Await.until("a byte", session::getReadBytes, now -> now == before + 1);
        clock.advance(50);
      }
      assertThat(peer.rest()).isEqualTo("ERR frame not complete after 200 ms\n");
    }
  }

  /** Each record has a deadline of its own, so input without a pause is never late. */
  @Test
  void readsMayEndWithinRecordsForEver() throws Exception {
    try (Server server =
            Certs.serve(
                Certs.listener(new GreetingProtocol())
                    .limit(Limits.FRAME_TIMEOUT, Duration.ofSeconds(1)));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      TestClock clock = TestClock.of(server);
      IoSession session = Servers.session(server);
      byte[] begun = new byte[0];
      for (int i = 0; i < 6; i++) {
        byte[] more = peer.records("Ada\n");
        peer.sendRaw(TlsPeer.join(begun, Arrays.copyOf(more, 7)));
        if (begun.length > 0) {
          assertThat(peer.line()).isEqualTo("Hello, Ada!");
        }
        begun = Arrays.copyOfRange(more, 7, more.length);
        Servers.awaitRounds(session);
        clock.advance(900);
      }
      assertThat(peer.sendRaw(begun).line()).isEqualTo("Hello, Ada!");
    }
  }

  /** TLS 1.2 has no half-close, but earlier requests are still answered. */
  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void requestsBeforeTheEndAreAnswered(String version) throws Exception {
    CompletableFuture<String> late = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        AnswerHandler.deciding(
            (session, line) -> line.equals("late") ? Answer.later(late) : Answer.of(line));
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      byte[] asked = peer.records(lines(100, "n", "") + "late\n");
      peer.sendRaw(asked).closeNotify();
      for (int i = 0; i < 100; i++) {
        assertThat(peer.line()).isEqualTo("n" + i);
      }
      late.complete("late");
      assertThat(peer.rest()).isEqualTo("late\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  /** The end comes in the same read as frames that have to wait for their turns. */
  @ParameterizedTest
  @ValueSource(ints = {1, 0})
  void theEndComesAfterTheWaitingFrames(int framesMore) throws Exception {
    int count = 50;
    try (Server server =
            Certs.serve(
                Certs.listener(Servers.lineProtocol(AnswerHandler.of((session, line) -> line)))
                    .limit(Limits.FRAMES_PER_TURN, count - framesMore));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      byte[] asked = peer.records(lines(count, "n", "") + "last");
      peer.sendRaw(TlsPeer.join(asked, peer.closeNotifyRecord()));
      assertThat(peer.rest()).isEqualTo(lines(count, "n", "") + "last\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void anEndWithoutCloseNotifyIsCutShort(String version) throws Exception {
    CompletableFuture<Throwable> notified = new CompletableFuture<>();
    AnswerHandler<String, String> handler =
        new Echo() {
          @Override
          public void exceptionCaught(IoSession session, Throwable cause) {
            notified.complete(cause);
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      peer.send("whole\nunfin").fin();
      assertThat(peer.rest()).isEqualTo("whole\n");
      assertThat(notified.get())
          .isInstanceOf(CutShortException.class)
          .hasMessage("TLS ended without close_notify");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n", "Ada\n", "GET / HTTP/1.1\r\n\r\n"})
  void plainTextIsAnsweredByAnAlert(String text) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      byte[] answer = peer.sendRaw(text.getBytes()).raw().bytes();
      assertThat(answer).containsExactly(Records.ALERT, 3, 3, 0, 2, 2, 10); // unexpected_message
    }
  }

  @Test
  void aSpoiltRecordEndsTheSession() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      byte[] record = peer.records("Ada\n");
      record[record.length - 1] ^= 1;
      peer.sendRaw(record);
      assertThatThrownBy(peer::line).hasMessageContaining("bad_record_mac");
    }
  }

  /** The client does not take the alert for the answer to an earlier request. */
  @ParameterizedTest
  @ValueSource(strings = {V13, V12})
  void aSpoiltRecordAfterARequestIsReportedToo(String version) throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      byte[] good = peer.records("Ada\n");
      byte[] bad = peer.records("Bob\n");
      bad[bad.length - 1] ^= 1;
      peer.sendRaw(TlsPeer.join(good, bad));
      assertThatThrownBy(peer::line).hasMessageContaining("bad_record_mac");
    }
  }

  @Test
  void aWarningIsNotAnEnd() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V12).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      for (int i = 0; i < 2; i++) {
        assertThat(peer.sendRaw(peer.warning("NO_RENEGOTIATION")).send("Ada\n").line())
            .isEqualTo("Hello, Ada!");
      }
      peer.sendRaw(peer.records("Bob\nLin\n")).closeNotify();
      assertThat(peer.rest()).isEqualTo("Hello, Bob!\nHello, Lin!\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  /** OpenSSL's clients refuse in this way while they have no keys yet, and the server has keys. */
  @ParameterizedTest
  @CsvSource({
    "2, 42, the peer refused: bad certificate",
    "2, 116, the peer refused: certificate required",
    "2, 121, the peer refused: alert 121",
    "1, 0, the peer ended the handshake",
    "2, 0, the peer ended the handshake"
  })
  void anEndOfTheHandshakeIsNamed(byte level, byte description, String reason) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      peer.beginHandshake();
      peer.raw().send(new byte[] {Records.ALERT, 3, 3, 0, 2, level, description});
      assertThat(peer.raw().bytes()).isNotEmpty();
      logs.await("INFO", line -> line.endsWith("detail=\"TLS: " + reason + "\""));
    }
  }

  /** The JDK accepts no such name, so a listener cannot serve it. */
  @ParameterizedTest
  @ValueSource(strings = {"a_b.example", "localhost."})
  void anInvalidServerNameIsRefusedWithAClearReason(String name) throws Exception {
    try (Logs logs = Logs.capture();
        Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      SSLParameters parameters = peer.engine().getSSLParameters();
      parameters.setServerNames(List.of(new SNIServerName(0, name.getBytes()) {}));
      peer.engine().setSSLParameters(parameters);
      peer.beginHandshake();
      assertThat(peer.raw().bytes()).hasSize(7);
      String reason =
          "reason=refused detail=\"TLS: the peer requests an invalid server name: " + name + "\"";
      logs.await("INFO", line -> line.endsWith(reason));
    }
  }

  /** A handler closes on the loop without a last message: close_notify, as from another thread. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closeNowSendsCloseNotify(boolean elsewhere) throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            if (elsewhere) {
              // For the session, this close is within the turn.
              CompletableFuture.runAsync(session::closeNow).join();
            } else {
              session.closeNow();
            }
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer early = TlsPeer.connect(server, V13);
        TlsPeer late = TlsPeer.connect(server, V13).handshake()) {
      byte[] last = early.handshakeButLast();
      early.sendRaw(TlsPeer.join(last, early.records("x\n")));
      late.send("x\n");
      for (TlsPeer peer : List.of(early, late)) {
        assertThat(peer.rest()).isEmpty();
        assertThat(peer.isEndedByCloseNotify()).isTrue();
      }
    }
  }

  /** A renegotiation is refused before this side does its part. */
  @Test
  void renegotiationIsRefused() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V12).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      peer.renegotiate();
      byte[] answer = peer.raw().bytes();
      for (int at = 0; at < answer.length; at += 5 + length(answer, at)) {
        assertThat(answer[at]).isEqualTo((byte) Records.ALERT);
      }
    }
  }

  /** Each key update is answered by an update of this side. */
  @Test
  void keysMayBeUpdated() throws Exception {
    try (Server server = greeting();
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      for (int i = 0; i < 3 * Records.MOST_WITHOUT; i++) {
        peer.renegotiate().send("n" + i + "\n");
        assertThat(peer.line()).isEqualTo("Hello, n" + i + "!");
      }
      for (int i = 0; i < Records.MOST_WITHOUT; i++) {
        peer.renegotiate();
      }
      assertThat(peer.send("Ada\n").line()).isEqualTo("Hello, Ada!");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void recordsWithoutDataAreBounded(int executorThreads) throws Exception {
    try (Server server =
            Certs.serve(Certs.listener(new GreetingProtocol()).executorThreads(executorThreads));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      assertThat(peer.line()).isEqualTo("Hello, World!");
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(peer.records("Ada\n"));
      for (int i = 0; i <= Records.MOST_WITHOUT; i++) {
        all.writeBytes(peer.renegotiation());
      }
      peer.sendRaw(all.toByteArray()); // in one or several reads
      assertThat(peer.rest()).isEqualTo("Hello, Ada!\n");
      assertThat(peer.isEndedByCloseNotify()).isTrue();
    }
  }

  private static int length(byte[] record, int at) {
    return (record[at + 3] & 0xFF) << 8 | record[at + 4] & 0xFF;
  }

  /** The client gives up before the handshake is done: the handler is not notified. */
  @Test
  void anEndBeforeTheHandshakeIsNotASession() throws Exception {
    List<String> received = new CopyOnWriteArrayList<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void inputClosed(IoSession session) {
            received.add("inputClosed");
            session.closeNow();
          }

          @Override
          public void sessionClosed(IoSession session) {
            received.add("sessionClosed");
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = TlsPeer.connect(server, V13)) {
      peer.sendRaw(new byte[] {21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 1, 0});
      assertThat(peer.raw().bytes()).hasSizeLessThan(100);
    }
    assertThat(received).isEmpty();
  }

  /** A cut by closeNow does not look like a proper end. */
  @Test
  void anAnswerThatIsCutIsNotAnEnd() throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write("answer");
            session.closeNow();
          }
        };
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(handler)));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      peer.send("Ada\n");
      String rest = "";
      try {
        rest = peer.rest();
      } catch (IOException reset) {
        // is not taken for a proper end either
      }
      assertThat(rest.equals("answer\n") || !peer.isEndedByCloseNotify()).isTrue();
    }
  }

  /** A record is sealed, and dropped before the loop runs the close of another thread. */
  @Test
  void recordsDroppedByACloseNowOfAnotherThreadLeaveTheRestDecryptable() throws Exception {
    try (Server server = Certs.serve(Certs.listener(Servers.lineProtocol(new IoHandlerAdapter())));
        TlsPeer peer = TlsPeer.connect(server, V13).handshake()) {
      peer.send("received\n");
      IoSession session = Servers.session(server);
      Servers.awaitRounds(session);
      CountDownLatch written = new CountDownLatch(1);
      CountDownLatch closing = new CountDownLatch(1);
      EventLoop.onLoopOf(
          session,
          () -> {
            session.write("pushed");
            written.countDown();
            Servers.await(closing);
            EventLoop.flushNow(session);
          });
      written.await();
      session.closeNow();
      closing.countDown();
      assertThat(peer.rest()).isEmpty(); // throws if a record is missing before another
      assertThat(peer.isEndedByCloseNotify()).isFalse();
    }
  }

  /** Without an answer-timeout the idle-timeout ends the session. */
  @ParameterizedTest
  @CsvSource({
    "TLSv1.2,true,false,false",
    "TLSv1.2,true,true,false",
    "TLSv1.3,true,false,false",
    "TLSv1.3,true,true,false",
    "TLSv1.2,false,false,true"
  })
  void noEndWaitsForAnAnswerForEver(
      String version, boolean notifies, boolean ends, boolean renegotiates) throws Exception {
    CompletableFuture<Object> never = new CompletableFuture<>();
    try (Server server =
            Certs.serve(
                Certs.listener(Servers.lineProtocol(AnswerHandler.later(line -> never)))
                    .limit(Limits.ANSWER_TIMEOUT, Duration.ZERO)
                    .limit(Limits.IDLE_TIMEOUT, Duration.ofMillis(40)));
        TlsPeer peer = TlsPeer.connect(server, version).handshake()) {
      IoSession session = Servers.session(server);
      peer.send("a\n");
      Servers.awaitRounds(session);
      if (notifies) {
        peer.closeNotify();
      }
      if (ends) {
        peer.fin();
      }
      if (renegotiates) {
        peer.renegotiate();
      }
      TestClock.of(server).advanceUntil("its end", 10, session.getCloseFuture()::isClosed);
    }
  }
}
