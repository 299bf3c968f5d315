package example.resp;

import java.util.List;
import org.apache.mina.core.session.IoSession;
import parley.codec.FrameException;
import parley.protocol.Answer;
import parley.protocol.AnswerHandler;

/** The handler of requests, with a store that all sessions share. */
final class RespHandler extends AnswerHandler<List<byte[]>, Reply> {

  private final Commands commands = new Commands();

  RespHandler(Store store) {
    new StringCommands(store).addTo(commands);
    new ServerCommands(store, commands).add();
  }

  @Override
  protected Answer<Reply> answer(IoSession session, List<byte[]> words) {
    if (words.isEmpty()) {
      return Answer.none();
    }
    try {
      Command command = commands.find(words);
      Reply reply = command.answer(session, words);
      return command.name().equals("quit") ? Answer.last(reply) : Answer.of(reply);
    } catch (CommandException e) {
      return Answer.of(new Reply.SimpleError(e.getMessage()));
    }
  }

  @Override
  protected Answer<Reply> refusal(IoSession session, FrameException cause) {
    return Answer.of(new Reply.SimpleError("ERR Protocol error: " + cause.getMessage()));
  }
}
