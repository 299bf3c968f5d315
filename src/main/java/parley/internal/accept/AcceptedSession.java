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
 * Makes MINA's session of an accepted channel. MINA makes it within its own accept, which keeps
 * what that throws to itself: no descriptor left is an ERROR with a stack there, 20 times a second.
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
      throw new ExceptionInInitializerError(e); // another MINA
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
