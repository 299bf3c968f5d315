package parley.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import parley.codec.LineCodecFactory;
import parley.endpoint.Endpoint;
import parley.protocol.AnswerHandler;
import parley.protocol.Correlation;
import parley.protocol.Protocol;
import parley.testing.Peer;
import parley.testing.Servers;

/** A line server whose answers come from the test. */
final class ByHand implements AutoCloseable {

  final ServerSocket socket;

  ByHand() throws IOException {
    this("127.0.0.1", 0);
  }

  ByHand(String address, int port) throws IOException {
    socket = new ServerSocket(port, 50, InetAddress.getByName(address));
    socket.setSoTimeout(60_000); // only ends a test that hangs
  }

  /** Returns a protocol of lines whose answers come in order. */
  static Protocol<String, String> lines() {
    return lines(Correlation.inOrder());
  }

  static Protocol<String, String> lines(Correlation<String, String> correlation) {
    return lines(correlation, 1024);
  }

  /** Returns a protocol of lines up to a length. */
  static Protocol<String, String> lines(Correlation<String, String> correlation, int length) {
    return Protocol.of(
        "by-hand",
        new LineCodecFactory(StandardCharsets.UTF_8, Math.max(1024, length)),
        AnswerHandler.<String, String>of((session, line) -> line),
        correlation);
  }

  /** Casts like code that was compiled without types, or for other types. */
  @SuppressWarnings("unchecked")
  static Client<Object, Object> untyped(Client<?, ?> client) {
    return (Client<Object, Object>) client;
  }

  Endpoint endpoint() {
    return Servers.FREE.withPort(socket.getLocalPort());
  }

  ClientConfig.Builder<String, String> client() {
    return ClientConfig.builder(endpoint(), lines());
  }

  Peer accept() throws IOException {
    return Peer.of(socket.accept());
  }

  /** Sends a banner, as the greeting does. */
  Peer greet() throws IOException {
    return accept().send("banner\n");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Returns why a future fails; the bound only ends a test that hangs. */
  static Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it did not fail");
  }
}
