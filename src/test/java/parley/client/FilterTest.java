package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolCodecFactory;
import org.junit.jupiter.api.Test;
import parley.Servers;
import parley.codec.LineCodecFactory;
import parley.protocol.AnswerHandler;
import parley.protocol.Protocol;
import parley.protocol.Settings;
import parley.server.Server;

/** A protocol's own filter in a client's chain. */
class FilterTest {

  /** Refuses secrets: it fails their futures, and passes nothing on. */
  private static final class Lines implements Protocol {

    @Override
    public String name() {
      return "lines";
    }

    @Override
    public ProtocolCodecFactory codec(Settings settings, Side side) {
      return new LineCodecFactory(StandardCharsets.UTF_8, 100);
    }

    @Override
    public IoHandler handler(Settings settings) {
      return AnswerHandler.<String>of((session, line) -> line);
    }

    @Override
    public void extend(DefaultIoFilterChainBuilder chain, Settings settings, Side side) {
      if (side == Side.CLIENT) {
        chain.addLast(
            "no-secrets",
            new IoFilterAdapter() {
              @Override
              public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
                if (request.getMessage().equals("secret")) {
                  request.getFuture().setException(new SecurityException("secret"));
                } else {
                  next.filterWrite(session, request);
                }
              }
            });
      }
    }
  }

  @Test
  void whatItRefusesLeavesNoPlaceInTheOrder() throws Exception {
    Protocol protocol = new Lines();
    try (Server server = Servers.of(protocol);
        Client client = Client.connect(server.endpoint(), protocol)) {
      CompletableFuture<Object> refused = client.ask("secret");
      assertThat(client.ask("next").get()).isEqualTo("next");
      assertThatThrownBy(refused::get).hasCauseInstanceOf(SecurityException.class);
      assertThat(client.inFlight()).isZero();
    }
  }
}
