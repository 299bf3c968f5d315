package parley.internal.accept;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SocketChannel;
import org.apache.mina.core.service.IoProcessor;
import org.apache.mina.core.service.IoService;
import org.apache.mina.transport.socket.nio.NioSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/**
 * Creates MINA's session for an accepted channel. MINA creates it within its own accept, which
 * handles exceptions itself: with no descriptor left, it logs an ERROR with a stack 20 times per
 * second.
 */
final class AcceptedSession {

  private static final String CLASS = "org.apache.mina.transport.socket.nio.NioSocketSession";
  private static final MethodHandle NEW = constructor();

  private AcceptedSession() {}

  private static MethodHandle constructor() {
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(NioSocketAcceptor.class, MethodHandles.lookup());
      MethodType type =
          MethodType.methodType(
              void.class, IoService.class, IoProcessor.class, SocketChannel.class);
      return lookup
          .findConstructor(lookup.findClass(CLASS), type)
          .asType(type.changeReturnType(NioSession.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e); // another MINA version
    }
  }

  static NioSession of(IoService service, IoProcessor<NioSession> processor, SocketChannel channel)
      throws IOException {
    try {
      return (NioSession) NEW.invokeExact(service, processor, channel);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }
}
