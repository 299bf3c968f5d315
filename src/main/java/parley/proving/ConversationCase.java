package parley.proving;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A case that plays a conversation of several clients with the server under test, in its order. */
record ConversationCase(Arena arena, String subject, Conversation conversation) implements Case {

  @Override
  public @Nullable Trouble play() {
    Dialog dialog = new Dialog();
    List<Line> lines = conversation.lines(subject);
    @Nullable Talk[] talks = new Talk[lines.size()];
    try {
      play(lines, talks, dialog);
      return null;
    } catch (Talk.Wrong wrong) {
      List<Talk> all = Stream.of(talks).filter(talk -> talk != null).toList();
      return SocketCase.trouble(wrong, all, arena, subject, dialog);
    } finally {
      for (Talk talk : talks) {
        if (talk != null) {
          talk.close();
        }
      }
    }
  }

  private void play(List<Line> lines, @Nullable Talk[] talks, Dialog dialog) throws Talk.Wrong {
    List<Conversation.Step> steps = conversation.steps();
    boolean[] over = new boolean[talks.length];
    for (int i = 0; i < steps.size(); i++) {
      int client = steps.get(i).client();
      Talk talk = talks[client];
      if (talk == null) {
        String mark = " " + conversation.clients().get(client);
        talk = Talk.amongOthers(lines.get(client), mark, arena, dialog);
        talks[client] = talk;
      }
      for (int part = conversation.parts(i); part > 0; part--) {
        talk.next(true);
      }
      if (steps.get(i).end() != Conversation.End.NOT) {
        over[client] = true;
        talk.finish();
      }
    }
    for (int client = 0; client < talks.length; client++) {
      Talk talk = talks[client];
      if (talk != null && !over[client]) {
        talk.finish();
      }
    }
  }

  /** Keeps all steps, because a later one may need them. */
  @Override
  public Stream<Case> smaller() {
    return IntStream.range(0, conversation.steps().size())
        .boxed()
        .flatMap(
            i ->
                Smaller.lists(conversation.steps().get(i).turn().cuts())
                    .map(cuts -> new ConversationCase(arena, subject, conversation.cut(i, cuts))));
  }
}
