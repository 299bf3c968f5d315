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
 * Finds where classes come from and why one does not fit, for error messages to a plug-in's author.
 */
final class Origin {

  private Origin() {}

  /** Returns the jar or folder of a class, or null if it has none. */
  static @Nullable String jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? null : path(source.getLocation());
  }

  /** Returns a location as a file system path, or unchanged if it is not one. */
  static String path(URL location) {
    try {
      return Path.of(location.toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return location.toString();
    }
  }

  /** Returns whether a class was built against other versions of classes than those present. */
  static boolean isMisfit(Throwable failure) {
    return failure instanceof LinkageError
        && !(failure instanceof ExceptionInInitializerError)
        && !(failure.getCause() instanceof ExceptionInInitializerError);
  }

  /**
   * Returns a message if changed jars of the protocol may have caused a failure; otherwise null.
   */
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

  /** Returns whether a missing or bad class or file caused a failure, at any depth. */
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

  /** Returns why something of a loaded protocol failed, in one line. */
  static String reason(Protocol<?, ?> protocol, Throwable failure) {
    String changed = changed(protocol, failure);
    return changed == null ? reason(failure) : changed;
  }

  /** Returns why something of a plug-in failed, in one line. */
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
            + " and this Parley, with its other dependencies in plugins/)"
        : reason;
  }
}
