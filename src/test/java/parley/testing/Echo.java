package parley.testing;

import org.apache.mina.core.session.IoSession;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** Answers each line with itself. A test overrides the other methods. */
public class Echo extends AnswerHandler<String, String> {

  @Override
  protected final Answer<String> answer(IoSession session, String line) {
    return Answer.of(line);
  }
}
