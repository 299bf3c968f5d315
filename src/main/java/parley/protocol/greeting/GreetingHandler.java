package parley.protocol.greeting;

import org.apache.mina.core.session.IoSession;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** Answers names with greetings. */
final class GreetingHandler extends AnswerHandler<String, String> {

  private static final String WORLD = "World";

  private final String banner;
  private final String beforeName;
  private final String afterName;

  GreetingHandler(String banner, String answer) {
    this.banner = banner;
    int at = answer.indexOf(GreetingProtocol.NAME);
    beforeName = at < 0 ? answer : answer.substring(0, at);
    afterName = at < 0 ? "" : answer.substring(at + GreetingProtocol.NAME.length());
  }

  @Override
  public void sessionOpened(IoSession session) {
    session.write(banner);
  }

  @Override
  protected Answer<String> answer(IoSession session, String name) {
    if (name.equals("quit")) {
      return Answer.last("Goodbye!");
    }
    String greeted = name.isEmpty() ? WORLD : name;
    return Answer.of(beforeName + greeted + afterName);
  }

  @Override
  protected Answer<String> refusal(IoSession session, FrameException cause) {
    return Answer.of("ERR " + cause.getMessage());
  }
}
