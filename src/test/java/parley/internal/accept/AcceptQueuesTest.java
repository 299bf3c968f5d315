package parley.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that wait to be accepted, from the kernel's tables. */
@EnabledOnOs(OS.LINUX)
class AcceptQueuesTest {

  private static final Path PROC = Path.of("/proc");
  private static final long FIVE_SECONDS = 5_000_000_000L;

  private final AtomicLong now = new AtomicLong();

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
  void theKernelsCountAtMostOncePerFiveSeconds(String host) throws Exception {
    AcceptQueues queues = new AcceptQueues(PROC, now::get);
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getByName(host))) {
      InetSocketAddress address = (InetSocketAddress) listening.getLocalSocketAddress();
      // a ServerSocket of IPv4 addresses is an IPv6 socket on some JDKs: the table has it there
      int before = queues.at(address).orElse(-1);
      assertThat(before).isIn(0, -1);
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        waiting.add(new Socket(listening.getInetAddress(), listening.getLocalPort()));
      }
      now.addAndGet(FIVE_SECONDS - 1);
      assertThat(queues.at(address).orElse(-1)).isEqualTo(before);
      now.addAndGet(1);
      assertThat(queues.at(address).orElse(-1)).isEqualTo(3);
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void nothingOnOtherSystems(@TempDir Path none) {
    AcceptQueues queues = new AcceptQueues(none, now::get);
    assertThat(queues.at(new InetSocketAddress("127.0.0.1", 1))).isEmpty();
    assertThat(queues.limit(7)).isEqualTo(7);
  }

  @Test
  void theSystemsLimitCounts(@TempDir Path proc) throws Exception {
    Path limit = proc.resolve("sys/net/core/somaxconn");
    Files.createDirectories(limit.getParent());
    Files.writeString(limit, "128\n");
    AcceptQueues queues = new AcceptQueues(proc, now::get);
    assertThat(queues.limit(1024)).isEqualTo(128);
    assertThat(queues.limit(50)).isEqualTo(50);
  }
}
