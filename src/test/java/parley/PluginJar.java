package parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** A protocol of lines that sends back what it gets; {@code body} is added to its class. */
  public static String source(String className, String name, String body) {
    return """
        import org.apache.mina.core.service.IoHandler;
        import org.apache.mina.core.session.IoSession;
        import org.apache.mina.filter.codec.ProtocolCodecFactory;
        import parley.codec.LineCodecFactory;
        import parley.protocol.*;

        public class %s implements Protocol {
          public String name() { return "%s"; }
          public ProtocolCodecFactory codec(Settings settings, Side side) {
            return new LineCodecFactory();
          }
          public IoHandler handler(Settings settings) {
            return AnswerHandler.<String>of((session, line) -> line);
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
   * @param before what comes first on the class path
   */
  public static Path of(
      Path jar, String className, String source, List<String> services, Path... before)
      throws IOException {
    Path classes = Files.createTempDirectory("plugin");
    Path file = Files.writeString(classes.resolve(className + ".java"), source);
    List<String> path = new ArrayList<>(Arrays.stream(before).map(Path::toString).toList());
    path.add(System.getProperty("java.class.path"));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager files = javac.getStandardFileManager(null, null, null);
    files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
    StringWriter messages = new StringWriter();
    boolean compiled =
        javac
            .getTask(
                messages,
                files,
                null,
                List.of("-proc:none", "-cp", String.join(java.io.File.pathSeparator, path)),
                null,
                files.getJavaFileObjects(file))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    pack(jar, classes, services);
    return jar;
  }

  private static void pack(Path jar, Path classes, List<String> services) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.list(classes)) {
      for (Path each : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        entries.putNextEntry(new JarEntry(each.getFileName().toString()));
        entries.write(Files.readAllBytes(each));
      }
      entries.putNextEntry(new JarEntry(SERVICES));
      entries.write(String.join("\n", services).getBytes());
    }
  }
}
