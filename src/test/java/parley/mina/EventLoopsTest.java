package parley.mina;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.junit.jupiter.api.Test;
import parley.endpoint.Endpoint;
import parley.testing.Await;
import parley.testing.Peer;

/** MINA's own acceptor and codec, on Parley's event loops. */
class EventLoopsTest {

  private static final int LINES = 10_000;

  /** Answers each line, and closes after the last one. */
  private static final class Handler extends IoHandlerAdapter {

    @Override
    public void messageReceived(IoSession session, Object line) {
      session.write(line + "!");
      if (line.equals("" + (LINES - 1))) {
        session.closeOnFlush();
      }
    }
  }

  @Test
  void serveAnAcceptorOfMinasOwn() throws Exception {
    NioSocketAcceptor acceptor;
    try (EventLoops loops = new EventLoops(2)) {
      acceptor = new NioSocketAcceptor(loops.processor());
      acceptor.getFilterChain().addLast("codec", CodecFilter.of(new TextLineCodecFactory()));
      acceptor.setHandler(new Handler());
      acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
      Endpoint endpoint = new Endpoint("tcp", "127.0.0.1", acceptor.getLocalAddress().getPort());
      String lines = lines("\n");
      String answers = lines(System.lineSeparator()).replace("\n", "!\n");
      try (Peer peer = Peer.connect(endpoint);
          Peer idle = Peer.connect(endpoint)) {
        peer.send(lines);
        assertThat(peer.rest()).isEqualTo(answers);
        Await.until("the one left", loops::sessionCount, count -> count == 1);
      }
      acceptor.dispose();
      assertThat(loops.sessionCount()).isZero();
    }
    assertThat(acceptor.getManagedSessions()).isEmpty();
  }

  private static String lines(String end) {
    return IntStream.range(0, LINES).mapToObj(i -> i + end).collect(Collectors.joining());
  }

  @Test
  void refuseACountOutOfRange() {
    assertThatThrownBy(() -> new EventLoops(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("event loops: 0 (expected: 1 to 1024)");
  }
}
