package parley.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles a class from its source. */
@NullMarked
public final class Compiled {

  private Compiled() {}

  /** Returns the compiler's messages about a source; empty if it compiles. */
  public static String messages(String source) {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      Path folder = Files.createTempDirectory("compiled");
      manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
      JavaFileObject file =
          new SimpleJavaFileObject(
              URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignored) {
              return source;
            }
          };
      List<String> options = List.of("-proc:none", "-cp", System.getProperty("java.class.path"));
      javac.getTask(messages, manager, null, options, null, List.of(file)).call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages.toString();
  }
}
