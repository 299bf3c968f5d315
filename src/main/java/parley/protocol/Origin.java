package parley.protocol;

import java.io.FileNotFoundException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.MissingResourceException;
import java.util.ServiceConfigurationError;
import java.util.zip.ZipException;
import org.apache.mina.core.service.IoHandler;
import org.jspecify.annotations.Nullable;

/**
 * Says where classes come from, and why one does not fit, for the messages to a plug-in's author.
 */
final class Origin {

  private Origin() {}

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
  static boolean isMisfit(Throwable failure) {
    return failure instanceof LinkageError
        && !(failure instanceof ExceptionInInitializerError)
        && !(failure.getCause() instanceof ExceptionInInitializerError);
  }

  /** Returns a line if a protocol's jars were changed and a failure may come from that, or null. */
  static @Nullable String changed(Protocol<?, ?> protocol, Throwable failure) {
    if (!(protocol.getClass().getClassLoader() instanceof PluginJars.Loader jars)
        || !comesFromClasses(failure)) {
      return null;
    }
    String changed = jars.changed();
    return changed.isEmpty()
        ? null
        : changed
            + " changed while in use: "
            + oneLine(failure)
            + " (expected: restart the server, and replace a plug-in's jar only while it is stopped)";
  }

  /** Whether a failure is of the kinds that come from a class or a file of a jar, at any depth. */
  private static boolean comesFromClasses(Throwable failure) {
    Throwable each = failure;
    for (int depth = 0; each != null && depth < 20; depth++) {
      if (each instanceof LinkageError
          || each instanceof ClassNotFoundException
          || each instanceof ServiceConfigurationError
          || each instanceof MissingResourceException
          || each instanceof ZipException
          || each instanceof FileNotFoundException) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  private static String oneLine(Throwable failure) {
    return failure.toString().replaceAll("\\s*\\R\\s*", " ");
  }

  /** As {@link #reason(Throwable)}, of a protocol that was found. */
  static String reason(Protocol<?, ?> protocol, Throwable failure) {
    String changed = changed(protocol, failure);
    return changed == null ? reason(failure) : changed;
  }

  /** In one line why something of a plug-in failed. */
  static String reason(Throwable failure) {
    if (failure instanceof ExceptionInInitializerError && failure.getCause() != null) {
      return "static initializer failed: " + reason(failure.getCause());
    }
    String reason = oneLine(failure);
    String mina = jar(IoHandler.class);
    return isMisfit(failure) && !(failure instanceof UnsupportedClassVersionError)
        ? reason
            + " (expected: built against "
            + (mina == null ? "this MINA" : Path.of(mina).getFileName())
            + " and this Parley, with what else it needs beside it)"
        : reason;
  }
}
