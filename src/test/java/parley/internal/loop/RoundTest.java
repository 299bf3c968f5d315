package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.server.Server;
import parley.testing.Pace;
import parley.testing.Peer;
import parley.testing.Servers;

/** The answers of one round are written after its last read, or after enough was read. */
class RoundTest {

  private static final String LONG =
      "x".repeat(16 * 1024 - 1); // with its LF, enough for its round to write early

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final AtomicReference<CountDownLatch> isHeld = latch();
  private final AtomicReference<CountDownLatch> goesOn = latch();

  private static AtomicReference<CountDownLatch> latch() {
    return new AtomicReference<>(new CountDownLatch(1));
  }

  /** Holds the loop for the line {@code hold}; returns false for any other. */
  private boolean holds(Object line) throws InterruptedException {
    boolean its = line.equals("hold");
    if (its) {
      isHeld.get().countDown();
      goesOn.get().await();
    }
    return its;
  }

  /** Echoes and records each line; holds the loop while it has the line {@code hold}. */
  private final class Echo extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object line) throws InterruptedException {
      if (!holds(line)) {
        if (line.equals("slow")) {
          Pace.compute(2);
        }
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
    isHeld.set(new CountDownLatch(1));
    goesOn.set(new CountDownLatch(1));
    events.clear();
    try (Server server =
            Servers.of(Servers.lineProtocol(new Echo()), config -> config.eventLoops(1));
        Peer holding = Peer.connect(Servers.endpoint(server));
        Peer one = Peer.connect(Servers.endpoint(server));
        Peer two = Peer.connect(Servers.endpoint(server))) {
      for (Peer each : List.of(one, two)) {
        each.send("a\n").line();
      }
      holding.send("hold\n");
      isHeld.get().await();
      List<String> before = take(4);
      assertThat(before).containsExactly("read", "written", "read", "written");
      for (Peer each : List.of(one, two)) {
        each.send(line + "\n"); // it waits in the socket, because the loop is held
      }
      goesOn.get().countDown();
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

  /** If the machine lets half a millisecond pass in between, it may take another round. */
  @Test
  void answersAreWrittenAfterTheLastReadOfTheRound() throws Exception {
    List<List<String>> rounds = new ArrayList<>();
    List<String> together = List.of("read", "read", "written", "written");
    while (!rounds.contains(together) && rounds.size() < 50) {
      rounds.add(eventsOf("a"));
    }
    assertThat(rounds).contains(together);
  }

  /** No session waits for more than one long read of another. */
  @Test
  void afterMuchWasReadAnswersAreWrittenAtOnce() throws Exception {
    assertThat(eventsOf(LONG)).containsExactly("read", "written", "read", "written");
  }

  /** No session waits for more than one slow handler of another. */
  @Test
  void afterASlowHandlerAnswersAreWrittenAtOnce() throws Exception {
    assertThat(eventsOf("slow")).containsExactly("read", "written", "read", "written");
  }

  @Test
  void theAnswersOfARoundDoNotPileUp() throws Exception {
    String answer = "x".repeat(100 * 1024);
    AtomicLong most = new AtomicLong();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) throws Exception {
            if (holds(line)) {
              return;
            }
            long sum = 0;
            for (IoSession each : session.getService().getManagedSessions().values()) {
              sum += each.getScheduledWriteBytes();
            }
            most.accumulateAndGet(sum, Math::max);
            session.write(answer);
          }
        };
    try (Server server = Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(1));
        Peer holding = Servers.peer(server)) {
      holding.send("hold\n");
      isHeld.get().await();
      List<Peer> peers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        peers.add(Servers.peer(server).send("big\n"));
      }
      goesOn.get().countDown();
      for (Peer each : peers) {
        assertThat(each.line()).hasSize(answer.length());
        each.close();
      }
    }
    assertThat(most.get()).isLessThan(100 * answer.length() / 4);
  }

  /** A handler that keeps writing from messageSent gets one share per round, not per read. */
  @Test
  void aSessionHasOneSharePerRound() throws Exception {
    AtomicLong sent = new AtomicLong();
    List<Long> sentBefore = new CopyOnWriteArrayList<>();
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) throws Exception {
            if (holds(line)) {
              return;
            }
            if (line.equals("go")) {
              session.write("z");
            } else if (line.equals("hello")) {
              session.write("there");
            } else {
              sentBefore.add(sent.get());
              session.write("ok");
            }
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (message.equals("z")) {
              sent.incrementAndGet();
              session.write("z");
            }
          }
        };
    try (Server server = Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(1));
        Peer holding = Servers.peer(server);
        Peer endless = Servers.peer(server)) {
      CompletableFuture<Void> reading =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (endless.line().equals("z")) {
                    // continue
                  }
                } catch (IOException closed) {
                  // at the end of the test
                }
              });
      List<Peer> peers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        peers.add(Servers.peer(server).send("hello\n"));
        assertThat(peers.get(i).line()).isEqualTo("there");
      }
      endless.send("go\n");
      holding.send("hold\n");
      isHeld.get().await();
      for (Peer each : peers) {
        each.send(LONG + "\n");
      }
      goesOn.get().countDown();
      for (Peer each : peers) {
        assertThat(each.line()).isEqualTo("ok");
        each.close();
      }
      endless.close();
      reading.join();
    }
    assertThat(sentBefore.get(15) - sentBefore.get(0)).isLessThanOrEqualTo(2 * 1024);
  }
}
