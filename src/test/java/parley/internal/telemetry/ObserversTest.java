package parley.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import parley.endpoint.Endpoint;
import parley.internal.loop.LoopThreads;
import parley.telemetry.Observer;
import parley.testing.Await;
import parley.testing.Logs;

/** Slow and throwing observers harm nobody. */
class ObserversTest {

  private static final Endpoint ANY = Endpoint.parse("tcp://127.0.0.1:1");

  private static class Names implements Observer {

    private final List<String> names = new ArrayList<>(); // on one thread at a time
    private final CountDownLatch last = new CountDownLatch(1);

    @Override
    public void listenerBound(String listener, Endpoint endpoint) {
      names.add(listener);
      if (listener.equals("throws")) {
        throw new AssertionError("of the test");
      }
      if (listener.equals("last")) {
        last.countDown();
      }
    }
  }

  @Test
  void anObserverThatThrowsGetsTheNextEventsInOrder() throws Exception {
    Names observer = new Names();
    Observers observers = new Observers(List.of(observer), LoopThreads.named("observer", true));
    try (Logs logs = Logs.capture()) {
      for (String name : List.of("a", "throws", "b", "last")) {
        observers.fire(each -> each.listenerBound(name, ANY));
      }
      observer.last.await();
      assertThat(observer.names).containsExactly("a", "throws", "b", "last");
      assertThat(logs.atLeast("WARN"))
          .singleElement()
          .asString()
          .startsWith("ERROR")
          .contains("observer failed: observer=" + Names.class.getName());
    }
  }

  @Test
  void aSlowObserverLosesEventsAndHoldsUpNothing() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    Observer slow =
        new Observer() {
          @Override
          public void listenerBound(String listener, Endpoint endpoint) {
            try {
              free.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    Names other = new Names();
    Observers observers = new Observers(List.of(slow, other), LoopThreads.named("observer", true));
    try (Logs logs = Logs.capture()) {
      for (int i = 0; i < 10_000; i++) {
        observers.fire(each -> each.listenerBound("a", ANY));
        Await.until("the other has it", () -> other.names.size() > 0);
      }
      assertThat(observers.dropped()).isBetween(10_000L - 8192 - 1, 10_000L);
      assertThat(logs.atLeast("WARN").get(0))
          .contains("observer event dropped: observer=" + slow.getClass().getName());
    } finally {
      free.countDown();
    }
  }

  @Test
  void eventsOfRequestsGoOnlyToThoseThatWantThem() throws Exception {
    Names without = new Names();
    Names with =
        new Names() {
          @Override
          public boolean observesRequests() {
            return true;
          }
        };
    Observers observers =
        new Observers(List.of(without, with), LoopThreads.named("observer", true));
    assertThat(observers.observesRequests()).isTrue();
    observers.fireOfRequests(each -> each.listenerBound("request", ANY));
    observers.fire(each -> each.listenerBound("last", ANY));
    without.last.await();
    with.last.await();
    assertThat(without.names).containsExactly("last");
    assertThat(with.names).containsExactly("request", "last");
    assertThat(Observers.NONE.isEmpty()).isTrue();
  }
}
