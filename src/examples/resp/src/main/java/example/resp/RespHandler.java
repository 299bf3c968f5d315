package example.resp;

import java.util.List;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import parley.codec.FrameException;
import parley.protocol.AnswerHandler;

/** Answers requests from a store that all sessions share. */
final class RespHandler extends AnswerHandler<List<byte[]>> {

  private final Commands commands = new Commands();

  RespHandler(Store store) {
    new StringCommands(store).addTo(commands);
    new ServerCommands(store, commands).add();
  }

  @Override
  protected @Nullable Object answer(IoSession session, List<byte[]> words) {
    if (words.isEmpty()) {
      return null;
    }
    try {
      Command command = commands.find(words);
      Object answer = command.answer(session, words);
      return command.name().equals("quit") ? last(answer) : answer;
    } catch (CommandException e) {
      return new RespError(e.getMessage());
    }
  }

  @Override
  protected Object refusal(IoSession session, FrameException cause) {
    return new RespError("ERR Protocol error: " + cause.getMessage());
  }
}
