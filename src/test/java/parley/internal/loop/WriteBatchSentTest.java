package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.internal.loop.Batches.answering;
import static parley.internal.loop.Batches.assertAllIsSent;
import static parley.internal.loop.Batches.serve;
import static parley.testing.Peer.numbers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import parley.protocol.AnswerHandler;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** Messages that are written during a read are reported as sent, once, and counted. */
class WriteBatchSentTest {

  @Test
  void futuresAndMessageSentCompleteOnceAndInOrder() throws Exception {
    List<String> written = new ArrayList<>();
    List<String> notified = new ArrayList<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            WriteFuture future = session.write(line);
            future.addListener(done -> written.add(future.isWritten() ? (String) line : "failed"));
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            notified.add((String) message);
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
      assertThat(String.join("\n", written) + "\n").isEqualTo(numbers(1000));
      assertThat(notified).isEqualTo(written);
    }
  }

  /** Stock MINA would count 2, 4 and 6 bytes. */
  @Test
  void insideMessageSentTheWholeBatchIsCounted() throws Exception {
    BlockingQueue<String> counts = new LinkedBlockingQueue<>();
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            List.of("a", "b", "c").forEach(session::write);
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            counts.add(message + ": " + session.getWrittenBytes());
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("go\n").bytes(6)).isEqualTo("a\nb\nc\n".getBytes());
      assertThat(List.of(counts.take(), counts.take(), counts.take()))
          .containsExactly("a: 6", "b: 6", "c: 6");
    }
  }

  @Test
  void anAnswerHandlerWithMessageSentIsNotifiedOfEachAnswerOnceAndInOrder() throws Exception {
    List<Object> notified = new ArrayList<>();
    IoHandler handler = answering(line -> line, notified::add);
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
      assertThat(notified).hasSize(1000).startsWith("0", "1").endsWith("999");
    }
  }

  @Test
  void answersWithoutARequestAreCountedToo() throws Exception {
    try (Server server = serve(AnswerHandler.<String, String>of((session, line) -> line));
        Peer peer = Servers.peer(server)) {
      assertThat(ask(peer, numbers(1000))).isEqualTo(numbers(1000));
      assertAllIsSent(Servers.session(server), 1000);
    }
  }

  /** Sends a text, and returns as many bytes as it has. */
  private static String ask(Peer peer, String text) throws IOException {
    return new String(peer.send(text).bytes(text.length()), StandardCharsets.UTF_8);
  }

  @Test
  void aWriteInsideMessageSentAndInsideAListenerIsSent() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line).addListener(done -> session.write("listener " + line));
          }

          @Override
          public void messageSent(IoSession session, Object message) {
            if (!message.toString().contains(" ")) {
              session.write("sent " + message);
            }
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send(numbers(1000)).halfClose();
      List<String> lines = List.of(peer.rest().split("\n"));
      assertThat(lines).hasSize(3000);
      for (String prefix : List.of("", "sent ", "listener ")) {
        assertThat(lines.stream().filter(line -> line.matches(prefix + "\\d+")))
            .hasSize(1000)
            .startsWith(prefix + "0")
            .endsWith(prefix + "999");
      }
    }
  }

  @Test
  void aWriteInsideInputClosedIsSent() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object line) {
            session.write(line);
          }

          @Override
          public void inputClosed(IoSession session) {
            session.write("goodbye");
            session.closeOnFlush();
          }
        };
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb").halfClose();
      assertThat(peer.rest()).isEqualTo("a\nb\ngoodbye\n");
    }
  }

  @Test
  void aMessageToASessionOfTheSameLoopAndOfAnotherArrives() throws Exception {
    for (int loops = 1; loops <= 3; loops++) {
      BlockingQueue<IoSession> members = new LinkedBlockingQueue<>();
      IoHandler handler =
          new IoHandlerAdapter() {
            @Override
            public void messageReceived(IoSession session, Object line) {
              if (line.equals("join")) {
                members.add(session);
                session.write("joined");
              } else {
                members.forEach(member -> member.write(line));
              }
            }
          };
      int count = loops;
      try (Server server =
              Servers.of(Servers.lineProtocol(handler), config -> config.eventLoops(count));
          Peer one = Servers.peer(server);
          Peer two = Servers.peer(server);
          Peer three = Servers.peer(server)) {
        for (Peer peer : List.of(one, two, three)) {
          assertThat(peer.send("join\n").line()).isEqualTo("joined");
        }
        String talk = numbers(2000);
        one.send(talk);
        for (Peer peer : List.of(one, two, three)) {
          assertThat(new String(peer.bytes(talk.length()), StandardCharsets.UTF_8)).isEqualTo(talk);
        }
      }
    }
  }
}
