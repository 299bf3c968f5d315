package example.resp;

import java.util.List;
import org.apache.mina.core.session.IoSession;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** The handler of requests, with a store that all sessions share. */
final class RespHandler extends AnswerHandler<List<byte[]>, Object> {

  private final Commands commands = new Commands();

  RespHandler(Store store) {
    new StringCommands(store).addTo(commands);
    new ServerCommands(store, commands).add();
  }

  @Override
  protected Answer<Object> answer(IoSession session, List<byte[]> words) {
    if (words.isEmpty()) {
      return Answer.none();
    }
    try {
      Command command = commands.find(words);
      Object answer = command.answer(session, words);
      return command.name().equals("quit") ? Answer.last(answer) : Answer.of(answer);
    } catch (CommandException e) {
      return Answer.of(new RespError(e.getMessage()));
    }
  }

  @Override
  protected Answer<Object> refusal(IoSession session, FrameException cause) {
    return Answer.of(new RespError("ERR Protocol error: " + cause.getMessage()));
  }
}
