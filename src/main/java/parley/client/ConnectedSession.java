package parley.client;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.future.IoFuture;
import org.apache.mina.core.service.AbstractIoService;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionInitializer;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketConnector;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods by which MINA's connector opens a channel and makes a session of it. MINA calls
 * them within its own connect, which takes one address only.
 */
final class ConnectedSession {

  private static final MethodHandle OPEN =
      method(NioSocketConnector.class, "newHandle", SocketChannel.class, SocketAddress.class);
  private static final MethodHandle NEW =
      method(
          NioSocketConnector.class,
          "newSession",
          NioSession.class,
          IoProcessor.class,
          SocketChannel.class);
  private static final MethodHandle INIT =
      method(
          AbstractIoService.class,
          "initSession",
          void.class,
          IoSession.class,
          IoFuture.class,
          IoSessionInitializer.class);

  private ConnectedSession() {}

  private static MethodHandle method(
      Class<?> owner, String name, Class<?> returned, Class<?>... parameters) {
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVirtual(owner, name, MethodType.methodType(returned, parameters));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA
    }
  }

  private static Object call(MethodHandle method, @Nullable Object... arguments)
      throws IOException {
    try {
      return method.invokeWithArguments(arguments);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  /** A channel with the connector's settings, not blocking, bound to its default local address. */
  static SocketChannel open(NioSocketConnector mina) throws IOException {
    return (SocketChannel) call(OPEN, mina, mina.getDefaultLocalAddress());
  }

  /**
   * A session of a connected channel.
   *
   * @param future fails if its chain cannot be built, or a filter fails it
   */
  static NioSession of(
      NioSocketConnector mina,
      IoProcessor<NioSession> processor,
      SocketChannel channel,
      ConnectFuture future)
      throws IOException {
    NioSession session = (NioSession) call(NEW, mina, processor, channel);
    call(INIT, mina, session, future, null);
    return session;
  }
}
