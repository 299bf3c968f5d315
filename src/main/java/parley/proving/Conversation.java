package parley.proving;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A conversation of several clients, step by step. Immutable: each method returns a new one. A
 * client connects with its first step.
 *
 * @param clients the clients' names, in the order of their first steps
 * @param steps the steps in order
 */
record Conversation(List<String> clients, List<Step> steps) {

  /** The end of a client's part. */
  enum End {
    /** The client stays until the case ends. */
    NOT,
    /** The client ends its side, and then the server closes the connection. */
    LEAVES,
    /** The server closes the connection by itself. */
    CLOSED
  }

  /** The bytes that one client sends, and the bytes that it must receive before the next step. */
  record Step(int client, Turn turn, End end) {}

  static final Conversation NONE = new Conversation(List.of(), List.of());

  boolean isAny() {
    return !clients.isEmpty();
  }

  /** Adds a step for a client, which may be a new one. */
  Conversation with(String name) {
    List<String> all = new ArrayList<>(clients);
    if (!all.contains(name)) {
      all.add(name);
    }
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(all.indexOf(name), Turn.of("", Expected.NOTHING), End.NOT));
    return new Conversation(List.copyOf(all), List.copyOf(more));
  }

  /**
   * Lets the last step's client send; in a new step if it has received something in the last one.
   */
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

  /** Returns a copy in which one step is cut. */
  Conversation cut(int step, List<Integer> places) {
    List<Step> all = new ArrayList<>(steps);
    Step old = all.get(step);
    all.set(step, new Step(old.client(), old.turn().cut(places), old.end()));
    return new Conversation(clients, List.copyOf(all));
  }

  /** Returns the line of each client. Bytes received before the client sends are its banner. */
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

  /** Returns how many parts of its line a step has. The banner is a part, even if it is empty. */
  int parts(int index) {
    Step step = steps.get(index);
    boolean first = steps.subList(0, index).stream().noneMatch(s -> s.client() == step.client());
    boolean isBanner = first && step.turn().sent().isEmpty();
    return isBanner ? 1 : (first ? 2 : 1) + step.turn().cuts().size();
  }
}
