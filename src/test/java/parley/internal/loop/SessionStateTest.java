package parley.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.AttributeKey;
import org.apache.mina.core.session.DefaultIoSessionDataStructureFactory;
import org.apache.mina.core.session.DummySession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import parley.protocol.SessionAttribute;

/** The attributes of a session behave like those of MINA's map, for each kind of key. */
class SessionStateTest {

  private static final SessionAttribute<String> KNOWN =
      new SessionAttribute<>(SessionStateTest.class, "known", session -> "made");

  private final IoSession session = new DummySession();
  private final IoSessionAttributeMap map = new SessionState(session, null);

  static List<Object> keys() {
    return List.of(KNOWN, "a string", new AttributeKey(SessionStateTest.class, "key"));
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
  void nullRemovesOrChangesNothing(Object key) {
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
  void replacesAndRemovesOnlyTheExpectedValue(Object key) {
    assertThat(map.replaceAttribute(session, key, "a", "b")).isFalse();
    map.setAttribute(session, key, "a");
    assertThat(map.replaceAttribute(session, key, "x", "b")).isFalse();
    assertThat(map.replaceAttribute(session, key, new String("a"), "b")).isTrue();
    assertThat(map.removeAttribute(session, key, "a")).isFalse();
    assertThat(map.removeAttribute(session, key, "b")).isTrue();
    assertThat(map.getAttribute(session, key, null)).isNull();
  }

  @Test
  void aRemovedAttributeLeavesTheOthers() {
    List<SessionAttribute<String>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String value = "" + i;
      all.add(new SessionAttribute<>(SessionStateTest.class, value, any -> value));
      map.setAttribute(session, all.get(i), value);
    }
    map.removeAttribute(session, all.get(1));
    map.removeAttribute(session, all.get(4));
    assertThat(all.stream().map(each -> map.getAttribute(session, each, null)))
        .containsExactly("0", null, "2", "3", null);
    assertThat(map.getAttributeKeys(session)).isEqualTo(Set.of(all.get(0), all.get(2), all.get(3)));
  }

  /** Each thread has an attribute of its own, and all of them share one. */
  @Test
  void threadsLoseNoUpdates() throws Exception {
    Set<Object> first = ConcurrentHashMap.newKeySet();
    List<SessionAttribute<Integer>> own = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < 8; i++) {
      int number = i;
      SessionAttribute<Integer> attribute =
          new SessionAttribute<>(SessionStateTest.class, "own", any -> 0);
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

  /** A service that creates its sessions like MINA has sessions with MINA's attribute map. */
  @Test
  void aSessionWithAnotherMapGetsAState() {
    IoSession plain = new DummySession();
    plain.setAttribute("before", "kept");
    SessionState state = SessionState.of(plain);
    assertThat(SessionState.of(plain)).isSameAs(state);
    assertThat(plain.getAttribute("before")).isEqualTo("kept");
    plain.setAttribute("after", "set");
    assertThat(plain.getAttributeKeys()).contains("before", "after");
  }

  /** MINA's own acceptor on Parley's loops, with its own factory or one of an application. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSessionHasItsStateBeforeItsChainIsBuilt(boolean isMinas) throws Exception {
    EventLoopGroup loops = new EventLoopGroup(1, true);
    NioSocketAcceptor acceptor = new NioSocketAcceptor(loops);
    if (!isMinas) {
      acceptor.setSessionDataStructureFactory(
          new DefaultIoSessionDataStructureFactory() {
            @Override
            public IoSessionAttributeMap getAttributeMap(IoSession session) throws Exception {
              IoSessionAttributeMap made = super.getAttributeMap(session);
              made.setAttribute(session, "application", "its own");
              return made;
            }
          });
    }
    CompletableFuture<Boolean> hasState = new CompletableFuture<>();
    acceptor.setFilterChainBuilder(
        chain ->
            hasState.complete(
                ((AbstractIoSession) chain.getSession()).getAttributeMap() instanceof SessionState
                    && isMinas != chain.getSession().containsAttribute("application")));
    acceptor.setHandler(new IoHandlerAdapter());
    acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
    try (Socket unused = new Socket("127.0.0.1", acceptor.getLocalAddress().getPort())) {
      assertThat(hasState.get()).isTrue();
    } finally {
      acceptor.dispose();
      loops.dispose();
    }
  }
}
