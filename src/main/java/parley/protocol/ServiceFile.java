package parley.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import parley.internal.loop.PluginContext;

/**
 * The protocol classes that one jar lists, in the format of {@link java.util.ServiceLoader}. A
 * ServiceLoader would not report which jar lists a bad class.
 *
 * @param jar the jar, or the file in a folder
 * @param classNames the class names as listed
 */
record ServiceFile(String jar, List<String> classNames) {

  private static final String NAME = "META-INF/services/" + Protocol.class.getName();
  private static final String KEY_FORM = "[a-z0-9][a-z0-9-]*";

  /** Returns all files that a class loader sees. An unreadable file is added to the problems. */
  static List<ServiceFile> all(ClassLoader loader, List<String> problems) {
    List<ServiceFile> files = new ArrayList<>();
    try {
      for (URL url : Collections.list(loader.getResources(NAME))) {
        read(url, files, problems);
      }
    } catch (IOException e) {
      problems.add(NAME + ": cannot be read: " + e.getMessage());
    }
    return files;
  }

  private static void read(URL url, List<ServiceFile> files, List<String> problems) {
    try {
      URLConnection connection = url.openConnection();
      connection.setUseCaches(false); // otherwise the jar would stay open
      URL jar = connection instanceof JarURLConnection inJar ? inJar.getJarFileURL() : url;
      try (InputStream in = connection.getInputStream()) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        files.add(
            new ServiceFile(
                Origin.path(jar),
                text.lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .filter(name -> !name.isEmpty())
                    .toList()));
      }
    } catch (IOException e) {
      problems.add(Origin.path(url) + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * Creates an instance of a listed class.
   *
   * @throws ProtocolException if it cannot be created; the message names the class and the cause
   */
  Protocol<?, ?> make(String className, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(className, false, loader);
      if (!Protocol.class.isAssignableFrom(type)) {
        throw new ProtocolException(List.of(className + " is not a " + Protocol.class.getName()));
      }
      return PluginContext.of(type)
          .call(() -> type.asSubclass(Protocol.class).getConstructor().newInstance());
    } catch (ClassNotFoundException e) {
      throw new ProtocolException(
          e.getCause() == null
              ? className + " is listed but was not found"
              : className + " cannot be read: " + e.getCause(),
          e);
    } catch (InvocationTargetException e) {
      throw new ProtocolException(
          className + ": its constructor failed: " + Origin.reason(e.getTargetException()), e);
    } catch (ReflectiveOperationException e) {
      throw new ProtocolException(
          className + " (expected: a public class with a public constructor without arguments)", e);
    }
  }

  /**
   * Checks a protocol's name and the keys of its settings.
   *
   * @throws ProtocolException if conf cannot have such a name or key; the message names the class
   */
  static void check(Protocol<?, ?> protocol) {
    String itsClass = protocol.getClass().getName() + ": ";
    checkForm(itsClass + "protocol name", protocol.name());
    Set<String> keys = new HashSet<>();
    for (Setting<?> setting : protocol.settings()) {
      checkForm(itsClass + "setting", setting.key());
      if (!keys.add(setting.key())) {
        throw new ProtocolException(
            List.of(
                itsClass
                    + "setting "
                    + setting.key()
                    + " is declared twice (expected: different keys)"));
      }
    }
  }

  private static void checkForm(String what, @Nullable String key) {
    String wrong = wrongForm(what, key);
    if (wrong != null) {
      throw new ProtocolException(List.of(wrong));
    }
  }

  /** Returns the message for a name or key that conf cannot have; null if it can. */
  static @Nullable String wrongForm(String what, @Nullable String key) {
    return key == null || !key.matches(KEY_FORM)
        ? String.format("%s: \"%s\" (expected: lower-case letters, digits and -)", what, key)
        : null;
  }
}
