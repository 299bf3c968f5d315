package bench.mina;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketConnector;

/** A client with one connection on stock MINA; answers are matched by the id of the query. */
public final class DnsClient extends IoHandlerAdapter implements AutoCloseable {

  private final Map<Short, CompletableFuture<byte[]>> inFlight = new ConcurrentHashMap<>();
  private final NioSocketConnector connector = new NioSocketConnector(1);
  private final IoSession session;

  public DnsClient(String host, int port) throws IOException {
    connector.getSessionConfig().setTcpNoDelay(true);
    connector.getFilterChain().addLast("codec", new DnsCodecFilter());
    connector.setHandler(this);
    ConnectFuture connecting =
        connector.connect(new InetSocketAddress(host, port)).awaitUninterruptibly();
    if (!connecting.isConnected()) {
      connector.dispose();
      throw new IOException(connecting.getException());
    }
    session = connecting.getSession();
  }

  /** Returns the answer to a query; fails if its id is already in flight or the connection ends. */
  public CompletableFuture<byte[]> ask(byte[] query) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    short id = ByteBuffer.wrap(query).getShort();
    if (inFlight.putIfAbsent(id, answer) != null) {
      return CompletableFuture.failedFuture(new IllegalStateException("id in flight: " + id));
    }
    answer.whenComplete((done, failure) -> inFlight.remove(id, answer));
    session
        .write(query)
        .addListener(
            future -> {
              if (!((WriteFuture) future).isWritten()) {
                answer.completeExceptionally(((WriteFuture) future).getException());
              }
            });
    return answer;
  }

  @Override
  public void close() {
    session.closeNow().awaitUninterruptibly();
    connector.dispose();
  }

  @Override
  public void messageReceived(IoSession session, Object message) {
    CompletableFuture<byte[]> asked = inFlight.get(ByteBuffer.wrap((byte[]) message).getShort());
    if (asked != null) {
      asked.complete((byte[]) message);
    }
  }

  @Override
  public void sessionClosed(IoSession session) {
    IOException cause = new IOException("connection ended");
    inFlight.values().forEach(asked -> asked.completeExceptionally(cause));
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    session.closeNow();
  }
}
