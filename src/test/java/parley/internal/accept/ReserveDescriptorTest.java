package parley.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.junit.jupiter.api.Test;
import parley.codec.FrameException;
import parley.endpoint.Endpoint;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** Connections without a free descriptor get a refusal, each time that none is left. */
class ReserveDescriptorTest {

  /** A server in a process of its own that takes all descriptors on request. */
  static final class Hoarder extends AnswerHandler<String, String> {

    private final List<FileInputStream> hoard = new ArrayList<>();

    @SuppressWarnings("SystemOut")
    public static void main(String[] none) throws IOException {
      Server server = Servers.lines(new Hoarder());
      loseSpare(Servers.acceptor(server));
      System.out.println(server.endpoint());
    }

    private static void loseSpare(NioSocketAcceptor acceptor) throws IOException {
      SocketAddress first = acceptor.getLocalAddress();
      acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
      acceptor.getLocalAddresses().stream()
          .filter(each -> !each.equals(first))
          .forEach(acceptor::unbind); // this gives up the reserve descriptor
    }

    @Override
    public void sessionOpened(IoSession session) {
      session.write("hello");
    }

    @Override
    protected Answer<String> answer(IoSession session, String line) throws IOException {
      switch (line) {
        case "all" -> takeAll();
        case "thief" -> {
          takeAll();
          hoard.remove(0).close(); // for the thief
          Thread thief = new Thread(this::takeAndGiveBack);
          thief.setDaemon(true);
          thief.start();
        }
        default -> {
          for (FileInputStream each : hoard) {
            each.close();
          }
          hoard.clear();
        }
      }
      return Answer.of(line);
    }

    private void takeAll() {
      while (takesOne()) {
        // until none is left
      }
    }

    /** Opens a file for a moment, as the JVM does with the files of its cgroup. */
    private void takeAndGiveBack() {
      while (true) {
        try {
          new FileInputStream("/dev/null").close();
        } catch (IOException none) {
          // the acceptor has it
        }
      }
    }

    private boolean takesOne() {
      try {
        hoard.add(new FileInputStream("/dev/null"));
        return true;
      } catch (IOException none) {
        return false;
      }
    }

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR " + cause.getMessage());
    }
  }

  @Test
  void aLostReserveDescriptorIsOpenedAgain() throws Exception {
    withHoarder(
        (endpoint, peer) -> {
          for (int i = 0; i < 2; i++) {
            assertThat(peer.send("all\n").line()).isEqualTo("all");
            assertRefused(endpoint);
            assertRefused(endpoint);
            assertThat(peer.send("none\n").line()).isEqualTo("none");
          }
          try (Peer next = Peer.connect(endpoint)) {
            assertThat(next.line()).isEqualTo("hello");
            assertThat(next.send("none\n").line()).isEqualTo("none");
          }
        });
  }

  @Test
  void aDescriptorTakenForAMomentReturnsToTheReserve() throws Exception {
    List<Peer> greeted = new ArrayList<>();
    withHoarder(
        (endpoint, peer) -> {
          assertThat(peer.send("thief\n").line()).isEqualTo("thief");
          for (int i = 0; i < 100; i++) {
            Peer next = Peer.connect(endpoint);
            if (next.line().equals("hello")) {
              greeted.add(next); // stays open
            } else {
              next.close();
            }
          }
        });
    assertThat(greeted).hasSizeLessThan(3);
    for (Peer each : greeted) {
      each.close();
    }
  }

  private interface Use {
    void of(Endpoint endpoint, Peer peer) throws Exception;
  }

  private static void withHoarder(Use use) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 200; exec \"$@\"",
                "sh",
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Hoarder.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      Endpoint endpoint = Endpoint.parse(out.readLine());
      try (Peer peer = Peer.connect(endpoint)) {
        assertThat(peer.line()).isEqualTo("hello");
        assertThat(peer.send("none\n").line()).isEqualTo("none"); // loads the classes
        use.of(endpoint, peer);
      }
    } finally {
      process.destroy();
    }
  }

  private static void assertRefused(Endpoint endpoint) throws IOException {
    try (Peer refused = Peer.connect(endpoint)) {
      assertThat(refused.rest()).isEqualTo("ERR no descriptor left\n");
    }
  }
}
