package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.server.Limits;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Await;
import parley.testing.Peer;
import parley.testing.Servers;

/** Input that sessions hold back is bounded in all, because the loop reads less at a time. */
class ReaderTest {

  private static final int EACH = 48 * 1024;
  private static final int MIB = 1024 * 1024;

  private final Map<Long, Integer> firstReads = new ConcurrentHashMap<>();
  private final CountDownLatch isHeld = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);

  private final class FirstRead extends IoFilterAdapter {

    @Override
    public void messageReceived(NextFilter next, IoSession session, Object message) {
      firstReads.putIfAbsent(session.getId(), ((IoBuffer) message).remaining());
      next.messageReceived(session, message);
    }
  }

  private Answer<String> answer(IoSession session, String line) {
    if (line.equals("hold")) {
      isHeld.countDown();
      Servers.await(goesOn);
    }
    return line.equals("end") ? Answer.last("ended") : Answer.none();
  }

  private void awaitReads(int count) {
    Await.until("reads", firstReads::size, now -> now >= count);
  }

  @Test
  void fourHundredFloodingSessionsAreReadLittleByLittle() throws Exception {
    int flooding = 400;
    AnswerHandler<String, String> handler = AnswerHandler.deciding(this::answer);
    ListenerConfig config =
        ListenerConfig.builder("test", Servers.FREE, Servers.lineProtocol(handler))
            .limit(Limits.FRAMES_PER_TURN, 64)
            .build();
    List<Peer> peers = new ArrayList<>();
    try (Server server =
        new Server(ServerConfig.builder().eventLoops(1).listener(config).build())) {
      Servers.acceptor(server)
          .getFilterChain()
          .addBefore(FilterNames.CODEC, "first", new FirstRead());
      server.start();
      try {
        Peer holding = Servers.peer(server);
        peers.add(holding.send("hold\n"));
        isHeld.await();
        for (int i = 0; i < flooding; i++) {
          peers.add(Servers.peer(server).send("\n".repeat(EACH)));
        }
        goesOn.countDown();
        awaitReads(1 + flooding);
        int read = firstReads.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(read).isBetween(4 * MIB, 10 * MIB); // of 19 MiB
      } finally {
        for (Peer each : peers) {
          each.close();
        }
      }
      Servers.awaitNobody(server);
      firstReads.clear();
      try (Peer alone = Servers.peer(server)) {
        alone.send("end\n" + "\n".repeat(EACH));
        assertThat(alone.rest()).isEqualTo("ended\n");
      }
      assertThat(firstReads.values())
          .singleElement()
          .satisfies(bytes -> assertThat(bytes).isGreaterThan(4096));
    }
  }
}
