package parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.filter.codec.ProtocolEncoderException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import parley.protocol.AnswerHandler;
import parley.protocol.FilterNames;
import parley.protocol.Protocol;
import parley.server.Server;
import parley.testing.Extended;
import parley.testing.Servers;

/** A protocol's own filter in a client's chain. */
class FilterTest {

  /** Refuses secrets: it fails their futures, and passes nothing on. */
  private static final class NoSecrets extends IoFilterAdapter {

    private final Exception refusal;

    NoSecrets(Exception refusal) {
      this.refusal = refusal;
    }

    @Override
    public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
      String message =
          request.getMessage() instanceof IoBuffer bytes
              ? StandardCharsets.UTF_8.decode(bytes.buf().duplicate()).toString()
              : request.getMessage().toString();
      if (message.startsWith("secret")) {
        request.getFuture().setException(refusal);
      } else {
        next.filterWrite(session, request);
      }
    }
  }

  private static Protocol<String, String> lines(boolean below, Exception refusal) {
    return new Extended<>(
        Servers.lineProtocol(AnswerHandler.<String, String>of((session, line) -> line)),
        (chain, side) -> {
          if (side == Protocol.Side.CLIENT && below) {
            chain.addBefore(FilterNames.CODEC, "no-secrets", new NoSecrets(refusal));
          } else if (side == Protocol.Side.CLIENT) {
            chain.addLast("no-secrets", new NoSecrets(refusal));
          }
        });
  }

  private static Stream<Arguments> refusals() {
    return Stream.of(new SecurityException("secret"), new ProtocolEncoderException("secret"))
        .flatMap(each -> Stream.of(Arguments.of(true, each), Arguments.of(false, each)));
  }

  /** If the request is made in a turn, the filter below the codec sees it after the turn. */
  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusedRequestLeavesNoPlaceInTheOrder(boolean below, Exception refusal) throws Exception {
    Protocol<String, String> protocol = lines(below, refusal);
    try (Server server = Servers.of(protocol);
        Client<String, String> client = Client.connect(server.endpoint(), protocol)) {
      CompletableFuture<String> inTurn =
          client.ask("first").thenCompose(any -> client.ask("secret"));
      assertThatThrownBy(inTurn::get).hasCause(refusal);
      CompletableFuture<String> refused = client.ask("secret");
      assertThatThrownBy(refused::get).hasCause(refusal);
      assertThat(client.ask("next").get()).isEqualTo("next");
      assertThatThrownBy(() -> client.send("secret").get()).hasCause(refusal);
      assertThat(client.inFlight()).isZero();
    }
  }
}
