package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.FilterEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import parley.internal.loop.EventLoop;
import parley.protocol.FilterNames;
import parley.server.Server;
import parley.session.Watermark;
import parley.testing.Extended;
import parley.testing.Peer;
import parley.testing.Servers;

/** The events above a filter that has held a session back. */
class HoldingFilterTest {

  /** Holds its session until the test lets it through, as TLS does until the handshake is done. */
  private static final class Held extends HoldingFilter {
    private volatile @Nullable NextFilter above;
    private volatile boolean through;

    @Override
    public void sessionCreated(NextFilter next, IoSession session) {
      above = next;
    }

    void letThrough(IoSession session) {
      NextFilter next = above;
      assertThat(next).isNotNull();
      through = true;
      letThrough(next, session);
    }

    @Override
    protected boolean isThrough(IoSession session) {
      return through;
    }

    @Override
    protected Exception ended() {
      return new IllegalStateException("ended");
    }
  }

  /** The bytes of a handshake may be above the watermark. */
  @ParameterizedTest
  @ValueSource(strings = {"", "high", "high low", "high low high"})
  void watermarkEventsAlternateAlsoForASessionThatWasHeldBack(String before) throws Exception {
    List<Object> received = Collections.synchronizedList(new ArrayList<>());
    IoHandlerAdapter handler =
        new IoHandlerAdapter() {
          @Override
          public void sessionOpened(IoSession session) {
            received.add("opened");
          }

          @Override
          public void event(IoSession session, FilterEvent event) {
            received.add(event);
          }
        };
    Held held = new Held();
    boolean isAbove = before.endsWith("high");
    try (Server server =
            Servers.of(
                new Extended<>(
                    Servers.lineProtocol(handler),
                    (chain, side) -> chain.addBefore(FilterNames.CODEC, "held", held)));
        Peer unused = Servers.peer(server)) {
      IoSession session = Servers.session(server);
      EventLoop.onLoopOf(
          session,
          () -> {
            for (String each : before.isEmpty() ? new String[0] : before.split(" ")) {
              fire(session, each.equals("high") ? Watermark.ABOVE_HIGH : Watermark.AT_LOW);
            }
            held.letThrough(session);
            fire(session, isAbove ? Watermark.AT_LOW : Watermark.ABOVE_HIGH);
          });
      Servers.awaitRounds(session);
    }
    assertThat(received)
        .isEqualTo(
            isAbove
                ? List.of("opened", Watermark.ABOVE_HIGH, Watermark.AT_LOW)
                : List.of("opened", Watermark.ABOVE_HIGH));
  }

  private static void fire(IoSession session, Watermark event) {
    session.getFilterChain().fireEvent(event);
  }
}
