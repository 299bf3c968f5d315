package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What several clients say and get, one step after another. Immutable: each method returns another
 * one. A client connects with its first step.
 *
 * @param clients their names, in the order of their first steps
 * @param steps in their order
 */
record Conversation(List<String> clients, List<Step> steps) {

  /** How a client's part ends. */
  enum End {
    /** It goes on, or ends with the case. */
    NOT,
    /** The client ends its side, and the server the connection. */
    LEAVES,
    /** The server ends the connection by itself. */
    CLOSED
  }

  /** What one client sends, and what must have come to it before the next step. */
  record Step(int client, Turn turn, End end) {}

  static final Conversation NONE = new Conversation(List.of(), List.of());

  boolean isAny() {
    return !clients.isEmpty();
  }

  /** Adds a step of a client, which may be a new one. */
  Conversation with(String name) {
    List<String> all = new ArrayList<>(clients);
    if (!all.contains(name)) {
      all.add(name);
    }
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(all.indexOf(name), Turn.of("", Expected.NOTHING), End.NOT));
    return new Conversation(List.copyOf(all), List.copyOf(more));
  }

  /** The last step's client sends, in a step of its own if it has got something in that one. */
  Conversation sends(String raw) {
    Turn turn = last().turn();
    return turn.expected() == Expected.NOTHING
        ? last(Turn.of(turn.sent() + raw, Expected.NOTHING), End.NOT)
        : with(clients.get(last().client())).sends(raw);
  }

  Conversation expects(Expected more) {
    return last(Turn.of(last().turn().sent(), last().turn().expected().then(more)), last().end());
  }

  Conversation ends(End end) {
    return last(last().turn(), end);
  }

  private Step last() {
    return steps.get(steps.size() - 1);
  }

  private Conversation last(Turn turn, End end) {
    List<Step> all = new ArrayList<>(steps);
    all.set(all.size() - 1, new Step(last().client(), turn, end));
    return new Conversation(clients, List.copyOf(all));
  }

  /** The same, one step of which is cut. */
  Conversation cut(int step, List<Integer> places) {
    List<Step> all = new ArrayList<>(steps);
    Step old = all.get(step);
    all.set(step, new Step(old.client(), old.turn().cut(places), old.end()));
    return new Conversation(clients, List.copyOf(all));
  }

  /** The line of each client. What it gets before it sends is its banner. */
  List<Line> lines(String subject) {
    return IntStream.range(0, clients.size()).mapToObj(client -> line(subject, client)).toList();
  }

  private Line line(String subject, int client) {
    List<Step> own = steps.stream().filter(step -> step.client() == client).toList();
    List<Turn> turns = new ArrayList<>(own.stream().map(Step::turn).toList());
    Expected banner = Expected.NOTHING;
    if (turns.get(0).sent().isEmpty()) {
      banner = turns.remove(0).expected();
    }
    boolean closed = own.stream().anyMatch(step -> step.end() == End.CLOSED);
    return new Line(subject, banner, List.copyOf(turns), true, false, closed, Line.Rest.NONE, null);
  }

  /** How many parts of its line one step is; the banner is a part, also where there is none. */
  int parts(int index) {
    Step step = steps.get(index);
    boolean first = steps.subList(0, index).stream().noneMatch(s -> s.client() == step.client());
    boolean isBanner = first && step.turn().sent().isEmpty();
    return isBanner ? 1 : (first ? 2 : 1) + step.turn().cuts().size();
  }
}
