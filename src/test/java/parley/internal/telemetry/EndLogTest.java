package parley.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;
import parley.internal.loop.SessionLifecycle;
import parley.internal.loop.SessionLifecycle.QueuedFrames;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.session.EndReason;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** The log lines of ends: how a polite end gets one, and how their number is bounded. */
class EndLogTest {

  /** Ends a session politely at its second line. */
  private static AnswerHandler<String, String> handler(@Nullable String detail) {
    return new AnswerHandler<>() {
      @Override
      protected Answer<String> answer(IoSession session, String line) {
        if (line.equals("b")) {
          SessionLifecycle.of(session).endPolitely(EndReason.CLOSED, QueuedFrames.HANDLED, detail);
        }
        return Answer.of(line);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"lines: 2, 0", "lines: 2, 2", ", 0"})
  void aPoliteEndIsLoggedIfItHasADetail(@Nullable String detail, int threads) throws Exception {
    try (Server server =
            Servers.with(
                Servers.lineProtocol(handler(detail)),
                listener -> listener.executorThreads(threads));
        Logs logs = Logs.capture();
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nb\n").rest()).isEqualTo("a\nb\n");
      List<String> lines = logs.atLeast("INFO");
      assertThat(lines).hasSize(detail == null ? 0 : 1);
      assertThat(lines)
          .allMatch(line -> line.startsWith("INFO {tcp, "))
          .allMatch(line -> line.endsWith("} session closed: reason=closed detail=\"lines: 2\""));
    }
  }

  @Test
  void manyEndsOfOneKindHideNoOtherKindAndNoOtherListener() {
    try (Logs logs = Logs.capture()) {
      EndLog one = new EndLog();
      for (int i = 0; i < 10_000; i++) {
        one.log(EndReason.REFUSED, Level.INFO, "many");
      }
      one.log(EndReason.SLOW_READER, Level.INFO, "few");
      one.log(EndReason.REFUSED, Level.WARN, "few");
      new EndLog().log(EndReason.REFUSED, Level.INFO, "few");
      assertThat(logs.atLeast("INFO").stream().filter(line -> line.contains("many")).count())
          .isBetween(10L, 9_999L);
      assertThat(logs.atLeast("INFO").stream().filter(line -> line.contains("few")))
          .containsExactly(
              "INFO null session closed: reason=slow_reader detail=\"few\"",
              "WARN null session closed: reason=refused detail=\"few\"",
              "INFO null session closed: reason=refused detail=\"few\"");
    }
  }
}
