package parley.it.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import parley.it.answers.MixAsk.How;
import parley.it.answers.MixAsk.What;

/** The requests of one client, and the model of the lines that it must get. */
@NullMarked
final class MixScript {

  private static final What[] WHATS = What.values();
  private static final int GOING_ON = What.LAST.ordinal();

  private final List<MixAsk> asks;
  private final boolean inOrder;

  private MixScript(List<MixAsk> asks, boolean inOrder) {
    this.asks = List.copyOf(asks);
    this.inOrder = inOrder;
  }

  /**
   * Draws a script. If answers come in any order, at most one of them ends the session: with two,
   * timing would decide which one ends it.
   *
   * @param mayBlock whether the handler has threads of its own
   */
  static MixScript any(int client, boolean inOrder, boolean mayBlock, Random random) {
    int count = random.nextInt(List.of(4, 40, 200, 1500).get(random.nextInt(4)));
    int longest = count > 200 ? 20 : List.of(1, 30, 3000).get(random.nextInt(3));
    int later = random.nextInt(4); // of four
    int ends = random.nextInt(inOrder ? 3 : 2);
    int onlyEnd = ends == 1 ? random.nextInt(count + 1) : -1;
    List<MixAsk> asks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean isEnd = i == onlyEnd || (ends == 2 && random.nextInt(1 + count / 4) == 0);
      What what =
          isEnd
              ? WHATS[GOING_ON + random.nextInt(WHATS.length - GOING_ON)]
              : WHATS[random.nextInt(GOING_ON)];
      How how = How.AT_ONCE;
      if (random.nextInt(4) < later || (isEnd && random.nextBoolean())) {
        how = How.values()[1 + random.nextInt(How.values().length - 1)];
      }
      what = what == What.BLOCKS && !mayBlock ? What.NEVER : what;
      asks.add(new MixAsk(client, i, how, what, random.nextInt(longest)));
    }
    return new MixScript(asks, inOrder);
  }

  List<String> lines() {
    return asks.stream().map(MixAsk::line).toList();
  }

  /**
   * Returns the index of the first answer that ends the session, or the number of all if none does.
   */
  private int end() {
    return first(asks.stream().map(MixAsk::ends).toList());
  }

  boolean ends() {
    return end() < asks.size();
  }

  /** Returns the number of lines that the client gets if no answer ends the session. */
  int answers() {
    return asks.stream().mapToInt(each -> each.words().size()).sum();
  }

  private static int first(List<Boolean> of) {
    int found = of.indexOf(true);
    return found < 0 ? of.size() : found;
  }

  /**
   * Checks the lines that a client has received.
   *
   * @param of the client's name in failures
   * @param got all lines, in order, including pushed lines
   * @param handled the number of lines that the handler received
   * @param mayEndEarly whether a drain may have ended the session before all lines were handled
   */
  void check(String of, List<String> got, int handled, boolean mayEndEarly) {
    int stop = first(asks.stream().map(MixAsk::stopsInput).toList());
    assertThat(handled).as(of + ": handled").isLessThanOrEqualTo(Math.min(asks.size(), stop + 1));
    checkParts(of, got);
    List<String> answers = MixPushers.answersIn(got);
    if (!mayEndEarly) {
      if (!ends()) {
        assertThat(handled).as(of + ": handled").isEqualTo(asks.size());
      }
      assertThat(differs(answers)).as(of).isEmpty();
      return;
    }
    MixScript done = upTo(handled);
    String differs = done.differs(answers);
    boolean endsUnhandled =
        handled < asks.size()
            && (asks.get(handled).what() == What.TOO_LONG || asks.get(handled).isNever());
    if (endsUnhandled && !differs.isEmpty()) {
      differs = upTo(handled + 1).differs(answers);
    }
    assertThat(differs).as(of + ", handled " + handled).isEmpty();
  }

  private MixScript upTo(int count) {
    return new MixScript(asks.subList(0, count), inOrder);
  }

  /** Nothing, not even a pushed line, comes between the messages of one answer. */
  private void checkParts(String of, List<String> got) {
    Map<String, String> before = new HashMap<>();
    for (MixAsk each : asks) {
      List<String> words = each.words();
      for (int i = 1; i < words.size(); i++) {
        before.put(words.get(i), words.get(i - 1));
      }
    }
    for (int i = 0; i < got.size(); i++) {
      String expected = before.get(got.get(i));
      if (expected != null) {
        assertThat(i == 0 ? "" : got.get(i - 1))
            .as(of + ": before \"%s\"", shown(got.get(i)))
            .isEqualTo(expected);
      }
    }
  }

  private String differs(List<String> answers) {
    return inOrder ? differsInOrder(answers) : differsInAnyOrder(answers);
  }

  /** Returns the difference, or an empty text. */
  private String differsInOrder(List<String> answers) {
    List<MixAsk> sent = asks.subList(0, Math.min(asks.size(), end() + 1));
    int sure = first(sent.stream().map(each -> !each.isAtOnce()).toList());
    int least = isCut() ? sure : sent.size();
    int at = 0;
    for (int i = 0; i < sent.size(); i++) {
      if (at == answers.size() && i >= least) {
        return "";
      }
      for (String word : sent.get(i).words()) {
        String got = at < answers.size() ? answers.get(at) : "the end";
        if (!got.equals(word)) {
          return "answer %d: \"%s\" (expected: \"%s\")".formatted(at, shown(got), shown(word));
        }
        at++;
      }
    }
    return at == answers.size() ? "" : "after the end: \"" + shown(answers.get(at)) + "\"";
  }

  /** Returns whether something may end the session before earlier answers are there. */
  private boolean isCut() {
    int stop = first(asks.stream().map(MixAsk::stopsInput).toList());
    return asks.stream().limit(stop + 1L).anyMatch(each -> each.cuts(inOrder));
  }

  private String differsInAnyOrder(List<String> answers) {
    int end = end();
    List<String> last = ends() ? asks.get(end).words() : List.of();
    int others = answers.size() - last.size();
    if (others < 0 || !answers.subList(others, answers.size()).equals(last)) {
      return "at the end not " + shown(last) + " but " + shown(answers);
    }
    Map<String, MixAsk> byFirst = new HashMap<>();
    for (MixAsk each : ends() && asks.get(end).stopsInput() ? asks.subList(0, end) : asks) {
      if (!each.words().isEmpty() && each.number() != end) {
        byFirst.put(each.words().get(0), each);
      }
    }
    Set<Integer> seen = new HashSet<>();
    for (int at = 0; at < others; ) {
      MixAsk its = byFirst.remove(answers.get(at));
      int next = at + (its == null ? 0 : its.words().size());
      if (its == null || next > others || !its.words().equals(answers.subList(at, next))) {
        return "answer %d: \"%s\"".formatted(at, shown(answers.get(at)));
      }
      seen.add(its.number());
      at = next;
    }
    for (MixAsk each : asks.subList(0, end)) {
      boolean isSure = !isCut() || each.isAtOnce();
      if (isSure && !each.words().isEmpty() && !seen.contains(each.number())) {
        return "no answer to " + each + ", but " + shown(answers);
      }
    }
    return "";
  }

  private static String shown(List<String> lines) {
    return lines.stream().map(MixScript::shown).toList().toString();
  }

  private static String shown(String line) {
    return line.substring(0, Math.min(line.length(), 60));
  }

  /** Returns its size and its ends, for failures. */
  @Override
  public String toString() {
    List<String> ends =
        asks.stream()
            .filter(MixAsk::ends)
            .map(each -> each.number() + " " + each.how() + " " + each.what())
            .toList();
    return "script of " + asks.size() + ", ends " + ends;
  }
}
