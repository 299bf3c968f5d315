package parley.internal.loop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.transport.socket.nio.NioSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Checks that the first mina-core and slf4j-api on the class path are versions that Parley runs on.
 * Other versions start, and fail later with an error that names a method. Thread-safe.
 */
public final class ClassPath {

  /** The version in pom.xml, which a test compares; later patch versions are accepted too. */
  static final String MINA = "2.2.10";

  private static final String MINA_LINE = MINA.substring(0, MINA.lastIndexOf('.'));
  private static final Pattern MINA_PATCH =
      Pattern.compile(Pattern.quote(MINA_LINE) + "\\.(\\d{1,6})\\b.*");

  private ClassPath() {}

  /** Returns the problem, in one line with place, version and the expected versions, or null. */
  public static @Nullable String problem() {
    String mina = mina();
    return mina == null ? slf4j() : mina;
  }

  /**
   * Does nothing if the class path is right.
   *
   * @throws IllegalStateException with the {@link #problem}
   */
  static void check() {
    String problem = problem();
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
  }

  private static @Nullable String mina() {
    URL place = place(IoHandler.class);
    if (place != null && place.getPath().endsWith("/mina-core-" + MINA + ".jar")) {
      return null; // the usual case, without opening the jar again
    }
    String version = version(place, "org.apache.mina/mina-core");
    boolean fits = version == null ? hasPublicChannel() : fits(version);
    return fits
        ? null
        : problem("mina-core", version, place, "mina-core " + MINA + ", or a later " + MINA_LINE);
  }

  /** Recognises classes without a version: of the API that Parley needs, this was added last. */
  private static boolean hasPublicChannel() {
    return Arrays.stream(NioSession.class.getDeclaredMethods())
        .anyMatch(
            each -> each.getName().equals("getChannel") && Modifier.isPublic(each.getModifiers()));
  }

  static boolean fits(String minaVersion) {
    Matcher patch = MINA_PATCH.matcher(minaVersion);
    int least = Integer.parseInt(MINA.substring(MINA_LINE.length() + 1));
    return patch.matches() && Integer.parseInt(patch.group(1)) >= least;
  }

  private static @Nullable String slf4j() {
    URL place = place(Logger.class);
    if (place != null && place.getPath().contains("/slf4j-api-2.")) {
      return null;
    }
    boolean fits =
        Arrays.stream(Logger.class.getMethods())
            .anyMatch(each -> each.getName().equals("isEnabledForLevel"));
    return fits
        ? null
        : problem("slf4j-api", version(place, "org.slf4j/slf4j-api"), place, "slf4j-api 2.0");
  }

  private static String problem(
      String artifact, @Nullable String version, @Nullable URL place, String expected) {
    return String.format(
        "%s %s of %s is first on the class path (expected: %s)",
        artifact, version == null ? "(version unknown)" : version, shown(place), expected);
  }

  private static @Nullable URL place(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null ? null : source.getLocation();
  }

  /** Returns the version that Maven recorded in the same jar or folder, or null. */
  private static @Nullable String version(@Nullable URL place, String artifact) {
    if (place == null) {
      return null;
    }
    String file = "META-INF/maven/" + artifact + "/pom.properties";
    String all = place.getPath().endsWith("/") ? place + file : "jar:" + place + "!/" + file;
    try {
      URLConnection connection = URI.create(all).toURL().openConnection();
      connection.setUseCaches(false); // otherwise the jar would stay open
      try (InputStream in = connection.getInputStream()) {
        Properties properties = new Properties();
        properties.load(in);
        return properties.getProperty("version");
      }
    } catch (IOException | IllegalArgumentException unknown) {
      return null;
    }
  }

  private static String shown(@Nullable URL place) {
    if (place == null) {
      return "an unknown place";
    }
    try {
      return Path.of(place.toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return place.toString();
    }
  }
}
