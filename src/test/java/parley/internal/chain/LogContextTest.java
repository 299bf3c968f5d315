package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import parley.endpoint.Association;
import parley.internal.loop.SessionLifecycle;
import parley.server.Server;
import parley.testing.Await;
import parley.testing.Logs;
import parley.testing.Peer;
import parley.testing.Servers;

/** Each line that is logged within an event carries its own session's context, and no other's. */
class LogContextTest {

  private static final String NOBODY = "nobody";

  private final BlockingQueue<String> context = new LinkedBlockingQueue<>();

  private final class Notes extends IoHandlerAdapter {

    @Override
    public void sessionOpened(IoSession session) {
      note("opened");
    }

    @Override
    public void messageReceived(IoSession session, Object line) {
      note("received");
      session.write(line);
    }

    @Override
    public void messageSent(IoSession session, Object line) {
      note("sent");
    }

    @Override
    public void sessionClosed(IoSession session) {
      note("closed");
    }

    private void note(String event) {
      LoggerFactory.getLogger(LogContextTest.class).warn(event);
      context.add(event + " " + LogContext.values());
    }
  }

  @Test
  void linesOfEveryEventCarryTheSessionAlsoThoseOfTheLastEvent() throws Exception {
    try (Logs logs = Logs.capture();
        Server server = Servers.lines(new Notes());
        Peer peer = Peer.connect(Servers.endpoint(server))) {
      String association = Association.of(Servers.session(server)).toString();
      peer.send("a\n");
      assertThat(peer.line()).isEqualTo("a");
      peer.close();
      for (String event : new String[] {"opened", "received", "sent", "closed"}) {
        assertThat(context.take())
            .startsWith(event + " ")
            .contains("association=" + association)
            .contains("listener=test");
      }
      assertThat(logs.atLeast("WARN"))
          .containsExactly(
              "WARN " + association + " opened",
              "WARN " + association + " received",
              "WARN " + association + " sent",
              "WARN " + association + " closed");
    }
    assertThat(LogContext.values()).isEmpty();
  }

  /** The end comes when the kernel takes the last answer, outside the session's events. */
  @Test
  void anEndThatWaitsForTheLastAnswerCarriesTheSessionToo() throws Exception {
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(IoBuffer.allocate(Servers.MORE_THAN_ITS_ROOM));
          }

          @Override
          public void inputClosed(IoSession session) {
            context.add("ended " + LogContext.values());
            session.closeNow();
          }
        };
    try (Server server = Servers.lines(handler);
        Peer peer = Servers.withLittleRoom(server)) {
      IoSession session = Servers.session(server);
      String association = Association.of(session).toString();
      peer.send("a\n").halfClose();
      Await.until(
          "its end",
          () -> SessionLifecycle.of(session).phase(),
          phase -> phase == SessionLifecycle.Phase.HALF_CLOSED);
      assertThat(context).isEmpty();
      assertThat(peer.readUntilTheEnd()).isEqualTo(Servers.MORE_THAN_ITS_ROOM);
      assertThat(context.take()).contains("association=" + association);
    }
  }

  @Test
  void anEventWithinAnotherRestoresTheOuterContext() throws Exception {
    try (Server server = Servers.lines(new Notes());
        Server another = Servers.lines(new Notes());
        Peer one = Peer.connect(Servers.endpoint(server));
        Peer two = Peer.connect(Servers.endpoint(another))) {
      IoSession outer = Servers.session(server);
      IoSession inner = Servers.session(another);
      LogContext here = LogContext.current();
      here.during(
          outer,
          "out",
          () -> {
            here.during(inner, "in", () -> assertIs(inner, "in"));
            assertIs(outer, "out");
          });
      assertThat(LogContext.values()).isEmpty();
    }
  }

  private static void assertIs(IoSession session, String listener) {
    assertThat(LogContext.values())
        .isEqualTo(Map.of("association", Association.of(session).toString(), "listener", listener));
  }

  @Test
  void withoutLog4jTheContextIsInTheMdcAndTheEarlierOneIsRestored() throws Exception {
    MDC.put("association", NOBODY);
    try {
      LogContext.inMdc(
          "{tcp, a, b}",
          "greeting",
          () -> {
            assertThat(MDC.get("association")).isEqualTo("{tcp, a, b}");
            assertThat(MDC.get("listener")).isEqualTo("greeting");
          });
      assertThat(MDC.get("association")).isEqualTo(NOBODY);
      assertThat(MDC.get("listener")).isNull();
    } finally {
      MDC.remove("association");
    }
  }
}
