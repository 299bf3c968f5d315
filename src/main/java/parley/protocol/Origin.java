package parley.protocol;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import org.apache.mina.core.service.IoHandler;
import org.jspecify.annotations.Nullable;

/**
 * Says where classes come from, and why one does not fit, for the messages to a plug-in's author.
 */
final class Origin {

  private Origin() {}

  /** {@code protocol NAME}, and the jar that it is of unless that is Parley's. */
  static String of(Protocol protocol) {
    String jar = jar(protocol.getClass());
    boolean own = jar == null || jar.equals(jar(Protocol.class));
    return "protocol " + protocol.name() + (own ? "" : " of " + jar);
  }

  /** The jar or folder of a class, if it is of one. */
  static @Nullable String jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? null : path(source.getLocation());
  }

  /** A place as a path of the file system, or as it is. */
  static String path(URL location) {
    try {
      return Path.of(location.toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return location.toString();
    }
  }

  /** Whether a class was built against others than those that are here. */
  private static boolean isMisfit(Throwable failure) {
    return failure instanceof LinkageError
        && !(failure instanceof UnsupportedClassVersionError)
        && !(failure.getCause() instanceof ExceptionInInitializerError);
  }

  /** In one line why something of a plug-in failed. */
  static String reason(Throwable failure) {
    if (failure instanceof ExceptionInInitializerError && failure.getCause() != null) {
      return "static initializer failed: " + reason(failure.getCause());
    }
    String reason = failure.toString().replaceAll("\\s*\\R\\s*", " ");
    String mina = jar(IoHandler.class);
    return isMisfit(failure)
        ? reason
            + " (expected: built against "
            + (mina == null ? "this MINA" : Path.of(mina).getFileName())
            + " and this Parley, with what else it needs beside it)"
        : reason;
  }
}
