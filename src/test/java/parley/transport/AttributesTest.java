package parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The attributes of a session do what MINA's map does, whichever kind the key is. */
class AttributesTest {

  private static final SessionAttribute<String> KNOWN =
      new SessionAttribute<>(AttributesTest.class, "known", session -> "made");

  private final IoSession session = new DummySession();
  private final IoSessionAttributeMap map = new Attributes();

  static List<Object> keys() {
    return List.of(KNOWN, "a string", new AttributeKey(AttributesTest.class, "key"));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void setGetAndRemove(Object key) {
    assertThat(map.getAttribute(session, key, null)).isNull();
    assertThat(map.containsAttribute(session, key)).isFalse();
    assertThat(map.setAttribute(session, key, "a")).isNull();
    assertThat(map.setAttribute(session, key, "b")).isEqualTo("a");
    assertThat(map.getAttribute(session, key, null)).isEqualTo("b");
    assertThat(map.getAttribute(session, key, "c")).isEqualTo("b");
    assertThat(map.containsAttribute(session, key)).isTrue();
    assertThat(map.getAttributeKeys(session)).isEqualTo(Set.of(key));
    assertThat(map.removeAttribute(session, key)).isEqualTo("b");
    assertThat(map.removeAttribute(session, key)).isNull();
    assertThat(map.getAttributeKeys(session)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void aDefaultIsKept(Object key) {
    assertThat(map.getAttribute(session, key, "default")).isEqualTo("default");
    assertThat(map.getAttribute(session, key, "other")).isEqualTo("default");
    assertThat(map.setAttributeIfAbsent(session, key, "third")).isEqualTo("default");
    assertThat(map.getAttribute(session, key, null)).isEqualTo("default");
  }

  @ParameterizedTest
  @MethodSource("keys")
  void nullTakesOutOrChangesNothing(Object key) {
    assertThat(map.setAttributeIfAbsent(session, key, null)).isNull();
    map.setAttribute(session, key, "a");
    assertThat(map.removeAttribute(session, key, null)).isFalse();
    assertThat(map.replaceAttribute(session, key, null, "b")).isFalse();
    assertThat(map.getAttribute(session, key, null)).isEqualTo("a");
    assertThat(map.setAttribute(session, key, null)).isEqualTo("a");
    assertThat(map.containsAttribute(session, key)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void replacesAndRemovesWhatIsExpectedOnly(Object key) {
    assertThat(map.replaceAttribute(session, key, "a", "b")).isFalse();
    map.setAttribute(session, key, "a");
    assertThat(map.replaceAttribute(session, key, "x", "b")).isFalse();
    assertThat(map.replaceAttribute(session, key, new String("a"), "b")).isTrue();
    assertThat(map.removeAttribute(session, key, "a")).isFalse();
    assertThat(map.removeAttribute(session, key, "b")).isTrue();
    assertThat(map.getAttribute(session, key, null)).isNull();
  }

  @Test
  void oneThatIsTakenOutLeavesTheOthers() {
    List<SessionAttribute<String>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String value = "" + i;
      all.add(new SessionAttribute<>(AttributesTest.class, value, any -> value));
      map.setAttribute(session, all.get(i), value);
    }
    map.removeAttribute(session, all.get(1));
    map.removeAttribute(session, all.get(4));
    assertThat(all.stream().map(each -> map.getAttribute(session, each, null)))
        .containsExactly("0", null, "2", "3", null);
    assertThat(map.getAttributeKeys(session)).isEqualTo(Set.of(all.get(0), all.get(2), all.get(3)));
  }

  /** Each thread its own attribute, and all of them one. */
  @Test
  void threadsLoseNothingToEachOther() throws Exception {
    Set<Object> first = ConcurrentHashMap.newKeySet();
    List<SessionAttribute<Integer>> own = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < 8; i++) {
      int number = i;
      SessionAttribute<Integer> attribute =
          new SessionAttribute<>(AttributesTest.class, "own", any -> 0);
      own.add(attribute);
      threads.add(
          new Thread(
              () -> {
                awaitIt(start);
                Object earlier = map.setAttributeIfAbsent(session, KNOWN, "" + number);
                first.add(earlier == null ? "" + number : earlier);
                for (int n = 1; n <= 1000; n++) {
                  map.setAttribute(session, attribute, n);
                }
              }));
    }
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(first).hasSize(1);
    assertThat(own).allMatch(each -> map.getAttribute(session, each, null).equals(1000));
  }

  private static void awaitIt(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A value's own {@code equals} may wait for another thread, which needs the same session. */
  @Test
  void comparesOutsideItsLock() {
    SessionAttribute<Object> key = new SessionAttribute<>(AttributesTest.class, "compared");
    SessionAttribute<Object> other = new SessionAttribute<>(AttributesTest.class, "other");
    Object waiting =
        new Object() {
          @Override
          public boolean equals(Object any) {
            CompletableFuture.runAsync(() -> map.setAttribute(session, other, "set")).join();
            return this == any;
          }

          @Override
          public int hashCode() {
            return 1;
          }
        };
    map.setAttribute(session, key, waiting);
    assertThat(map.replaceAttribute(session, key, waiting, "b")).isTrue();
    assertThat(map.getAttribute(session, other, null)).isEqualTo("set");
  }
}
