package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static parley.internal.loop.Batches.LONG;
import static parley.internal.loop.Batches.answering;
import static parley.internal.loop.Batches.assertAllIsSent;
import static parley.internal.loop.Batches.onAnotherThread;
import static parley.internal.loop.Batches.onLine;
import static parley.internal.loop.Batches.serve;
import static parley.testing.Peer.numbers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.codec.LengthFieldCodecFactory;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** Messages that are written during a read keep their order, whichever thread writes them. */
class WriteBatchTest {

  /** A kind of message that a handler may write. */
  enum Kind {
    LINE,
    LONG_LINE,
    BYTES,
    LONG_BYTES,
    FILE
  }

  private static Object message(Kind kind, Path folder) {
    try {
      return switch (kind) {
        case LINE -> "three";
        case LONG_LINE -> LONG;
        case BYTES -> IoBuffer.wrap("three\n".getBytes(StandardCharsets.UTF_8));
        case LONG_BYTES -> IoBuffer.wrap((LONG + "\n").getBytes(StandardCharsets.UTF_8));
        case FILE -> Files.writeString(folder.resolve("file"), "three\n").toFile();
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Kind kind) {
    return kind == Kind.LONG_LINE || kind == Kind.LONG_BYTES ? LONG : "three";
  }

  @ParameterizedTest
  @EnumSource
  void aMessageOfAnotherThreadComesBeforeLaterMessages(Kind kind, @TempDir Path folder)
      throws Exception {
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("one");
              onAnotherThread(() -> session.write("two"));
              session.write(message(kind, folder));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n").halfClose();
      assertThat(peer.rest()).isEqualTo("one\ntwo\n" + line(kind) + "\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMessageOfTheHandlerComesBeforeLaterOnesOfAnotherThread(Kind kind, @TempDir Path folder)
      throws Exception {
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write(message(kind, folder));
              onAnotherThread(() -> session.write("two"));
              session.write("one");
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("go\n").halfClose();
      assertThat(peer.rest()).isEqualTo(line(kind) + "\ntwo\none\n");
    }
  }

  @Test
  void aLateAnswerKeepsItsPlaceBeforeALongImmediateOne() throws Exception {
    CompletableFuture<Object> later = new CompletableFuture<>();
    IoHandler handler =
        AnswerHandler.<String, Object>deciding(
            (session, line) -> {
              if (line.equals("later")) {
                return Answer.later(later);
              }
              onAnotherThread(() -> later.complete("later"));
              return Answer.of(message(Kind.LONG_BYTES, Path.of("")));
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      peer.send("later\nnow\n").halfClose();
      assertThat(peer.rest()).isEqualTo("later\n" + LONG + "\n");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesOfEveryKindKeepTheirOrder(boolean answers, @TempDir Path folder) throws Exception {
    IoHandler handler =
        answers
            ? AnswerHandler.<String, Object>of(kind -> message(Kind.valueOf(kind), folder))
            : onLine((session, kind) -> session.write(message(Kind.valueOf(kind), folder)));
    StringBuilder requests = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (Kind first : Kind.values()) {
      for (Kind second : Kind.values()) {
        requests.append(first).append('\n').append(second).append('\n');
        expected.append(line(first)).append('\n').append(line(second)).append('\n');
      }
    }
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send(requests.toString()).bytes(expected.length()))
          .isEqualTo(expected.toString().getBytes(StandardCharsets.UTF_8));
      assertAllIsSent(Servers.session(server), 50);
    }
  }

  /** One buffer answers each request, as a constant may. */
  @ParameterizedTest
  @ValueSource(ints = {10, 20_000})
  void theSameBufferAnswersManyRequests(int length) throws Exception {
    String text = "x".repeat(length);
    IoBuffer constant = IoBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    IoHandler notified = answering(line -> constant, sent -> {});
    for (IoHandler handler :
        List.of(notified, AnswerHandler.<String, Object>of(line -> constant))) {
      try (Server server = serve(handler);
          Peer peer = Servers.peer(server)) {
        peer.send("a\nb\nc\n").halfClose();
        assertThat(peer.rest()).isEqualTo(text.repeat(3));
      }
    }
  }

  /**
   * Each request gets the handler's answer, then that of the thread to which the handler hands it.
   */
  @Test
  void orderIsKeptBetweenAHandlerAndTheThreadThatItHandsWorkTo() throws Exception {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    IoHandler handler =
        onLine(
            (session, line) -> {
              session.write("a" + line);
              InFlight.of(session).enter();
              worker.execute(
                  () -> {
                    session.write("b" + line);
                    InFlight.of(session).leave();
                  });
            });
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      int requests = 20_000;
      CompletableFuture<Void> sending = peer.sendAllAside(numbers(requests));
      int nextA = 0;
      int nextB = 0;
      for (int i = 0; i < 2 * requests; i++) {
        String line = peer.line();
        if (line.startsWith("a")) {
          assertThat(line).isEqualTo("a" + nextA++);
        } else {
          assertThat(line).isEqualTo("b" + nextB++);
          assertThat(nextB).isLessThanOrEqualTo(nextA);
        }
      }
      sending.join();
      assertThat(peer.rest()).isEmpty();
    }
    worker.shutdown();
  }

  /** The peer's requests open and end one turn after another in the meantime. */
  @Test
  void threadsThatWriteAllTheTimeKeepTheirOrderAndLoseNothing() throws Exception {
    int lines = 20_000;
    IoHandler handler = onLine((session, line) -> session.write("a" + line));
    try (Server server = serve(handler);
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("-1\n").line()).isEqualTo("a-1");
      IoSession session = Servers.session(server);
      List<Thread> threads = new ArrayList<>();
      for (String name : List.of("b", "c")) {
        threads.add(
            new Thread(
                () -> {
                  for (int i = 0; i < lines; i++) {
                    session.write(name + i);
                  }
                }));
      }
      threads.add(new Thread(() -> sendOneByOne(peer, lines)));
      threads.forEach(Thread::start);
      Map<Character, Integer> next = new HashMap<>();
      for (int i = 0; i < 3 * lines; i++) {
        String line = peer.line();
        int number = next.merge(line.charAt(0), 1, Integer::sum) - 1;
        assertThat(line.substring(1)).isEqualTo("" + number);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(next).isEqualTo(Map.of('a', lines, 'b', lines, 'c', lines));
      assertAllIsSent(session, 3 * lines + 1);
    }
  }

  private static void sendOneByOne(Peer peer, int lines) {
    for (int i = 0; i < lines; i++) {
      peer.sendUnchecked(i + "\n");
    }
  }

  @Test
  void framesWithALengthFieldAreAnsweredInOrder() throws Exception {
    IoHandler handler =
        new IoHandlerAdapter() {
          @Override
          public void messageReceived(IoSession session, Object frame) {
            session.write(frame);
          }
        };
    IoBuffer frames = IoBuffer.allocate(100).setAutoExpand(true);
    for (int i = 0; i < 5000; i++) {
      frames.putShort((short) 4).putInt(i);
    }
    byte[] bytes = new byte[frames.position()];
    frames.flip().get(bytes);
    for (IoHandler each : List.of(handler, AnswerHandler.<byte[], byte[]>of(frame -> frame))) {
      try (Server server =
              serve(Protocol.withHandler("turn", new LengthFieldCodecFactory(2), each));
          Peer peer = Servers.peer(server)) {
        peer.send(bytes).halfClose();
        assertThat(peer.bytes()).isEqualTo(bytes);
      }
    }
  }
}
