package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Servers;

/** Servers for the tests of turns, and handlers for them. */
final class Batches {

  private Batches() {}

  static final String LONG = "x".repeat(20_000);

  /** A handler of lines from one function. */
  static IoHandler onLine(BiConsumer<IoSession, String> then) {
    return new IoHandlerAdapter() {
      @Override
      public void messageReceived(IoSession session, Object line) {
        then.accept(session, (String) line);
      }
    };
  }

  static Server serve(IoHandler handler) throws Exception {
    return serve(Servers.lineProtocol(handler));
  }

  static Server serve(Protocol<?, ?> protocol) throws Exception {
    return Servers.of(protocol, config -> config.eventLoops(1));
  }

  /**
   * Runs an action on another thread and returns after it: the action happens before the caller's
   * next step.
   */
  static void onAnotherThread(Runnable action) {
    Thread thread = new Thread(action);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Needs an open session: MINA sets the counters of a closed one to zero. */
  static void assertAllIsSent(IoSession session, int messages) {
    LoopWriterTest.awaitTheTurnsEnd(session);
    assertThat(session.getWrittenMessages()).isEqualTo(messages);
    assertThat(session.getScheduledWriteMessages()).isZero();
    assertThat(session.getScheduledWriteBytes()).isZero();
    assertThat(InFlight.of(session).count()).isZero();
  }

  /** An AnswerHandler that is notified when its answers are sent. */
  static IoHandler answering(Function<String, Object> answer, Consumer<Object> notified) {
    return new AnswerHandler<String, Object>() {
      @Override
      protected Answer<Object> answer(IoSession session, String line) {
        return Answer.of(answer.apply(line));
      }

      @Override
      protected boolean reportsSent() {
        return true;
      }

      @Override
      public void messageSent(IoSession session, Object message) {
        notified.accept(message);
      }
    };
  }
}
