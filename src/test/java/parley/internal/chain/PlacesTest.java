package parley.internal.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.codec.Codec;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.protocol.Setting;
import parley.protocol.Settings;
import parley.server.Server;
import parley.testing.Servers;

/** A protocol's own filters, at named places of the chain, on both sides. */
@Tag("smoke")
class PlacesTest {

  private static final Setting<String> PREFIX = Setting.text("prefix", ">");

  /** Notes the messages that pass, and prepends a prefix to those that go up. */
  private static final class Noting extends IoFilterAdapter {

    private final String place;
    private final BlockingQueue<String> notes;

    Noting(String place, BlockingQueue<String> notes) {
      this.place = place;
      this.notes = notes;
    }

    private void note(String way, Object message) {
      notes.add(place + way + (message instanceof IoBuffer ? "bytes" : message));
    }

    @Override
    public void messageReceived(NextFilter next, IoSession session, Object message) {
      note(" up ", message);
      next.messageReceived(session, message);
    }

    @Override
    public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
      note(" down ", request.getMessage());
      next.filterWrite(session, request);
    }
  }

  /** A line protocol with three filters per side. */
  private static final class Filtered implements Protocol.Symmetric<String> {

    final BlockingQueue<String> server = new LinkedBlockingQueue<>();
    final BlockingQueue<String> client = new LinkedBlockingQueue<>();

    @Override
    public String name() {
      return "filtered";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(PREFIX);
    }

    @Override
    public Codec<String, String> codec(Settings settings) {
      return new LineCodecFactory();
    }

    @Override
    public AnswerHandler<String, String> handler(Settings settings) {
      return AnswerHandler.<String, String>of((session, line) -> settings.get(PREFIX) + line);
    }

    @Override
    public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
      BlockingQueue<String> notes = side == Side.SERVER ? server : client;
      chain.addBefore(FilterNames.CODEC, "below", new Noting("below", notes));
      chain.addAfter(FilterNames.CODEC, "above", new Noting("above", notes));
      chain.addLast("own", new Noting(settings.get(PREFIX), notes));
    }
  }

  @Test
  void filtersSeeBytesBelowTheCodecAndFramesAboveIt() throws Exception {
    Filtered protocol = new Filtered();
    try (Server server = Servers.of(protocol);
        Client<String, String> client =
            Client.connect(
                ClientConfig.builder(Servers.endpoint(server), protocol)
                    .set("prefix", "c")
                    .build())) {
      assertThat(client.ask("a").join()).isEqualTo(">a");
      assertThat(
              Servers.acceptor(server).getFilterChain().getAll().stream()
                  .map(IoFilterChain.Entry::getName))
          .containsExactly("connection", "below", "codec", "above", "drain", "own", "fault");
      assertThat(protocol.server)
          .containsExactly(
              "below up bytes",
              "above up a",
              "> up a",
              "> down >a",
              "above down >a",
              "below down bytes");
      assertThat(protocol.client)
          .containsExactly(
              "c down a",
              "above down a",
              "below down bytes",
              "below up bytes",
              "above up >a",
              "c up >a");
    }
  }
}
