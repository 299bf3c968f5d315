package parley.proving;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.junit.jupiter.api.Test;
import parley.endpoint.Endpoint;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.Server;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/**
 * When sockets take little at a time, the write batch of a turn is sent in many writes, and nothing
 * is lost.
 */
class TinyBuffersTest {

  /** Another protocol, on sockets with the smallest buffers that the kernel gives. */
  private static Protocol<String, String> tiny(Protocol<String, String> protocol) {
    IoFilterAdapter filter =
        new IoFilterAdapter() {
          @Override
          public void sessionCreated(NextFilter next, IoSession session) {
            SocketSessionConfig config = (SocketSessionConfig) session.getConfig();
            config.setSendBufferSize(1);
            config.setReceiveBufferSize(1);
            next.sessionCreated(session);
          }
        };
    return new Extended<>(
        protocol, (chain, side) -> chain.addAfter(FilterNames.CONNECTION, "tiny", filter));
  }

  /** The server has several event loops, as in the proving kit. */
  @Test
  void theGreetingPassesItsProof() {
    ProofTest.greeting(tiny(new GreetingProtocol())).check();
  }

  /**
   * Tiny buffers on both sides, and both kinds of answers on the server: at once and from other
   * threads.
   */
  @Test
  void manySessionsGetAllTheirAnswersInOrder() throws Exception {
    IoHandler handler =
        AnswerHandler.<String, String>deciding(
            (session, line) ->
                line.endsWith("7")
                    ? Answer.later(CompletableFuture.supplyAsync(() -> line))
                    : Answer.of(line));
    try (Server server =
        Servers.of(tiny(Servers.lineProtocol(handler)), config -> config.eventLoops(3))) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 600; i++) {
        lines.append("x".repeat(i % 100)).append(i).append('\n');
      }
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(inAThread(() -> answers(Servers.endpoint(server), lines.toString())));
      }
      for (CompletableFuture<String> each : answers) {
        assertThat(each.join()).isEqualTo(lines.toString());
      }
    }
  }

  private static <T> CompletableFuture<T> inAThread(Callable<T> call) {
    CompletableFuture<T> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                done.complete(call.call());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    return done;
  }

  private static String answers(Endpoint endpoint, String lines) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1);
    socket.setSendBufferSize(1);
    socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()));
    socket.setSoTimeout(60_000);
    try (Peer peer = Peer.of(socket)) {
      CompletableFuture<Void> sending = peer.sendAllAside(lines);
      String rest = peer.rest();
      sending.join();
      return rest;
    }
  }
}
