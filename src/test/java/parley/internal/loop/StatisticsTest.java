package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.concurrent.locks.Lock;
import org.apache.mina.core.service.IoServiceStatistics;
import org.junit.jupiter.api.Test;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** MINA's statistics have one lock for all sessions: no session waits for it. */
class StatisticsTest {

  @Test
  void sessionsAnswerWhileAnotherThreadHoldsTheStatisticsLock() throws Exception {
    try (Server server = Servers.of(Servers.lineProtocol(AnswerHandler.of((s, line) -> line)))) {
      Lock lock = lock(Servers.acceptor(server).getStatistics());
      lock.lock();
      try (Peer peer = Servers.peer(server)) {
        assertThat(peer.send("a\nb\n").line()).isEqualTo("a");
        assertThat(peer.line()).isEqualTo("b");
        assertThat(peer.halfClose().rest()).isEmpty();
      } finally {
        lock.unlock();
      }
    }
  }

  private static Lock lock(IoServiceStatistics statistics) throws ReflectiveOperationException {
    Field field = IoServiceStatistics.class.getDeclaredField("throughputCalculationLock");
    field.setAccessible(true);
    return (Lock) field.get(statistics);
  }
}
