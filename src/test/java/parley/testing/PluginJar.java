package parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Makes plug-in jars from source, as their authors do, but also bad ones. */
@NullMarked
public final class PluginJar {

  private static final String SERVICES = "META-INF/services/parley.protocol.Protocol";

  private PluginJar() {}

  /** MINA 2.0, against which a plug-in may have been built. */
  public static Path otherMina() {
    return Programs.HOME.resolve("target/other-mina/mina-core-2.0.27.jar");
  }

  /** A line protocol that returns each line; {@code body} is added to its class. */
  public static String source(String className, String name, String body) {
    return """
                import org.apache.mina.core.session.IoSession;
        import parley.codec.Codec;
        import parley.codec.LineCodecFactory;
        import parley.protocol.*;

        public class %s implements Protocol.Symmetric<String> {
          public String name() { return "%s"; }
          public Codec<String, String> codec(Settings settings) {
            return new LineCodecFactory();
          }
          public AnswerHandler<String, String> handler(Settings settings) {
            return AnswerHandler.<String, String>of((session, line) -> line);
          }
          %s
        }
        """
        .formatted(className, name, body);
  }

  /**
   * Compiles a class and puts it into a jar.
   *
   * @param services the classes that the jar names as protocols
   * @param before the first entries of the class path
   */
  public static Path of(
      Path jar, String className, String source, List<String> services, Path... before)
      throws IOException {
    return of(jar, Map.of(className, source), services, before);
  }

  /** Compiles classes by name and source, and puts them into a jar. */
  public static Path of(
      Path jar, Map<String, String> sources, List<String> services, Path... before)
      throws IOException {
    Path folder = Files.createTempDirectory("plugin");
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> each : sources.entrySet()) {
      Path file = folder.resolve(each.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, each.getValue()));
    }
    List<String> path = new ArrayList<>(Arrays.stream(before).map(Path::toString).toList());
    path.add(System.getProperty("java.class.path"));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null);
    manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-cp", String.join(java.io.File.pathSeparator, path));
    boolean compiled =
        javac
            .getTask(
                messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    pack(jar, folder, services);
    Folders.delete(folder);
    return jar;
  }

  private static void pack(Path jar, Path classes, List<String> services) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        entries.write(Files.readAllBytes(each));
      }
      entries.putNextEntry(new JarEntry(SERVICES));
      entries.write(String.join("\n", services).getBytes());
    }
  }
}
