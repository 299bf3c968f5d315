package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.Peer;
import parley.Servers;
import parley.server.Server;

/** What the sessions of one round answer is written when all were read, or enough was. */
class RoundTest {

  private static final String LONG =
      "x".repeat(16 * 1024 - 1); // with its LF: as much as is read at once

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final CountDownLatch isHeld = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);

  /** Echoes, and notes it; holds the loop while it has the line {@code hold}. */
  private final class Echo extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object line) throws InterruptedException {
      if (line.equals("hold")) {
        isHeld.countDown();
        goesOn.await();
      } else {
        events.add("read");
        session.write(line);
      }
    }

    @Override
    public void messageSent(IoSession session, Object line) {
      events.add("written");
    }
  }

  private List<String> eventsOf(String line) throws Exception {
    try (Server server =
            Servers.of(Servers.lineProtocol(new Echo()), config -> config.eventLoops(1));
        Peer holding = Peer.connect(Servers.endpoint(server));
        Peer one = Peer.connect(Servers.endpoint(server));
        Peer two = Peer.connect(Servers.endpoint(server))) {
      for (Peer each : List.of(one, two)) {
        each.send("a\n").line();
      }
      holding.send("hold\n");
      isHeld.await();
      List<String> before = take(4);
      assertThat(before).containsExactly("read", "written", "read", "written");
      for (Peer each : List.of(one, two)) {
        each.send(line + "\n"); // in the socket of a loop that is held
      }
      goesOn.countDown();
      for (Peer each : List.of(one, two)) {
        assertThat(each.line()).isEqualTo(line);
      }
      return take(4);
    }
  }

  private List<String> take(int count) throws InterruptedException {
    List<String> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(events.take());
    }
    return taken;
  }

  @Test
  void answersAreWrittenBehindTheLastReadOfTheRound() throws Exception {
    assertThat(eventsOf("a")).containsExactly("read", "read", "written", "written");
  }

  /** So that nobody waits for more than one long read of another. */
  @Test
  void afterMuchWasReadAnswersAreWrittenAtOnce() throws Exception {
    assertThat(eventsOf(LONG)).containsExactly("read", "written", "read", "written");
  }
}
