package parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.session.IoSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.codec.FrameException;
import parley.codec.LineCodecFactory;
import parley.server.Server;
import parley.testing.Peer;
import parley.testing.Servers;

/** Answers that do not wait for each other. */
@Tag("smoke")
class AnyOrderTest {

  /** Answers "now" at once, "end" with the last answer, and all else when the test completes it. */
  private static final class Later extends AnswerHandler<String, String> {

    final Map<String, CompletableFuture<Answer<String>>> answers = new ConcurrentHashMap<>();
    final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @Override
    protected boolean inOrder() {
      return false;
    }

    @Override
    protected Answer<String> answer(IoSession session, String frame) {
      if (frame.equals("now")) {
        return Answer.of(frame);
      }
      if (frame.equals("end")) {
        return Answer.last("end");
      }
      CompletableFuture<Answer<String>> answer = new CompletableFuture<>();
      answers.put(frame, answer);
      asked.add(frame);
      return Answer.decidedLater(answer);
    }

    @Override
    protected Answer<String> refusal(IoSession session, FrameException cause) {
      return Answer.of("ERR");
    }

    /** Completes the answer to a frame, after the frame has come. */
    void complete(String frame, Answer<String> answer) throws InterruptedException {
      while (!answers.containsKey(frame)) {
        asked.take();
      }
      answers.get(frame).complete(answer);
    }
  }

  private final Later later = new Later();

  @Test
  void anAnswerLeavesWhenItIsComplete() throws Exception {
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\nnow\nc\n").halfClose();
      assertThat(peer.line()).isEqualTo("now");
      for (String each : List.of("c", "a", "b")) {
        later.complete(each, Answer.of(each));
        assertThat(peer.line()).isEqualTo(each);
      }
      assertThat(peer.rest()).isEmpty();
    }
  }

  @Test
  void theLastAnswerWaitsForAllOthers() throws Exception {
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\nend\nnow\n");
      later.complete("b", Answer.of("b"));
      assertThat(peer.line()).isEqualTo("b");
      later.complete("a", Answer.of("a"));
      assertThat(peer.rest()).isEqualTo("a\nend\n");
    }
  }

  @Test
  void aLateLastAnswerWaitsForAllBeforeIt() throws Exception {
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\n");
      later.complete("b", Answer.last("b"));
      later.complete("a", Answer.of("a"));
      assertThat(peer.rest()).isEqualTo("a\nb\n");
    }
  }

  @Test
  void aRefusalWaitsForAllAnswers() throws Exception {
    try (Server server = Servers.lines(later);
        Peer peer = Servers.peer(server)) {
      peer.send("a\nb\n").send(new byte[] {(byte) 0xFF, '\n'});
      later.complete("b", Answer.of("b"));
      assertThat(peer.line()).isEqualTo("b");
      later.complete("a", Answer.of("a"));
      assertThat(peer.rest()).isEqualTo("a\nERR\n");
    }
  }

  /** The client would take the next message for the failed answer. */
  @Test
  void inOrderOnlyTheRefusalIsSentAfterAFailedAnswer() throws Exception {
    for (boolean refuses : new boolean[] {true, false}) {
      CompletableFuture<String> first = new CompletableFuture<>();
      CompletableFuture<String> third = new CompletableFuture<>();
      AnswerHandler<String, String> handler =
          new AnswerHandler<>() {
            @Override
            protected Answer<String> answer(IoSession session, String frame) {
              return switch (frame) {
                case "a" -> Answer.later(first);
                case "c" -> Answer.later(third);
                default -> Answer.of(frame);
              };
            }

            @Override
            protected Answer<String> refusal(IoSession session, FrameException cause) {
              return refuses ? Answer.of("ERR " + cause.getMessage()) : Answer.none();
            }
          };
      try (Server server = Servers.lines(handler);
          Peer peer = Servers.peer(server)) {
        peer.send("0\na\nb\nc\n");
        assertThat(peer.line()).isEqualTo("0");
        first.completeExceptionally(new FrameException("bad a"));
        third.complete("c");
        assertThat(peer.rest()).isEqualTo(refuses ? "ERR bad a\n" : "");
      }
    }
  }

  @Test
  void aLambdaMayEndTheSession() throws Exception {
    try (Server server =
            Server.serve(
                "tcp://127.0.0.1:0",
                Protocol.of(
                    "ends",
                    new LineCodecFactory(),
                    AnswerHandler.deciding(
                        (session, line) ->
                            line.equals("quit") ? Answer.last("bye") : Answer.of(line))));
        Peer peer = Servers.peer(server)) {
      assertThat(peer.send("a\nquit\nb\n").rest()).isEqualTo("a\nbye\n");
    }
  }

  @Test
  void oneFutureMayAnswerManyFrames() throws Exception {
    CompletableFuture<String> shared = new CompletableFuture<>();
    List<AnswerHandler<String, String>> handlers =
        List.of(
            AnswerHandler.later(frame -> shared),
            AnswerHandler.inAnyOrder((session, frame) -> Answer.later(shared)));
    for (AnswerHandler<String, String> handler : handlers) {
      try (Server server = Servers.lines(handler);
          Peer peer = Servers.peer(server)) {
        peer.send("a\nb\nc\n").halfClose();
        shared.complete("x");
        assertThat(peer.rest()).isEqualTo("x\nx\nx\n");
      }
    }
  }
}
