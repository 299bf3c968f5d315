package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * No session waits for a thread that cannot be made: the loops start theirs earlier, and keep them.
 */
class LoopThreadsTest {

  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  private Set<Thread> made() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> !before.contains(each) && each.getName().startsWith("parley"))
        .collect(Collectors.toSet());
  }

  private static final class Names extends AnswerHandler<String, String> {

    @Override
    protected Answer<String> answer(IoSession session, String line) {
      return Answer.of(Thread.currentThread().getId() + "");
    }
  }

  /** As after a start for which there were too few threads. */
  @Test
  void loopsThatAreGivenBackLeaveNoThread() throws Exception {
    EventLoopGroup loops = new EventLoopGroup(3, false);
    loops.takeThreads();
    Set<Thread> taken = made();
    assertThat(taken).hasSize(4);
    loops.release();
    for (Thread each : taken) {
      each.join();
    }
    assertThat(loops.isDisposed()).isTrue();
  }

  @Test
  void threadsExistBeforeTheFirstSessionAndAfterTheLast() throws Exception {
    try (Server server = Servers.lines(new Names())) {
      Set<String> ids = made().stream().map(each -> each.getId() + "").collect(Collectors.toSet());
      for (int i = 0; i < 20; i++) {
        try (Peer peer = Servers.peer(server)) {
          assertThat(peer.send("a\n").line()).isIn(ids);
        }
        Servers.awaitNobody(server);
      }
    }
  }
}
