package parley.proving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.mina.core.session.IoSession;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/**
 * Passes a line on to all others, and announces each arrival and departure; with at most one bug.
 */
final class Chat extends AnswerHandler<String, String> {

  enum Bug {
    NONE,
    /** The sender receives the line as well. */
    ECHOES,
    /** Nobody is notified when a client leaves. */
    SILENT_LEAVE
  }

  private final Set<IoSession> present = ConcurrentHashMap.newKeySet();
  private final Bug bug;

  Chat(Bug bug) {
    this.bug = bug;
  }

  private void send(IoSession but, String line) {
    present.stream().filter(each -> each != but).forEach(each -> each.write(line));
  }

  @Override
  public void sessionOpened(IoSession session) {
    session.write("welcome");
    send(session, "one comes");
    present.add(session);
  }

  @Override
  protected Answer<String> answer(IoSession session, String line) {
    if (line.equals("quit")) {
      leave(session);
      return Answer.last("bye");
    }
    send(bug == Bug.ECHOES ? null : session, line);
    return Answer.none();
  }

  @Override
  public void inputClosed(IoSession session) throws Exception {
    leave(session);
    super.inputClosed(session);
  }

  private void leave(IoSession session) {
    if (present.remove(session) && bug != Bug.SILENT_LEAVE) {
      send(session, "one goes");
    }
  }
}
